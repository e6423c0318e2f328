/**
 * The part of Hugging Face's `tokenizer.json` that Kedge understands: byte-level BPE.
 *
 * What would change token ids and is not understood is refused; what does not (truncation, padding, post-processor) is
 * carried along untouched.
 *
 * @module
 */
import { z } from "zod";
import { CheckpointError } from "../base/mod.ts";

const AddedToken = z.looseObject({
  id: z.int().nonnegative(),
  content: z.string().min(1),
  single_word: z.literal(false).default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().default(false),
  special: z.boolean().default(false),
});

const Absent = z.union([z.null(), z.literal(""), z.literal(false), z.literal(0)]).optional();

const BpeModel = z.looseObject({
  type: z.literal("BPE").optional(),
  dropout: Absent,
  continuing_subword_prefix: Absent,
  end_of_word_suffix: Absent,
  byte_fallback: Absent,
  ignore_merges: z.boolean().optional(),
  vocab: z.record(z.string(), z.int().nonnegative()),
  merges: z.union([z.array(z.string()), z.array(z.tuple([z.string(), z.string()]))]),
});

const UnicodeForm = z.looseObject({ type: z.enum(["NFC", "NFD", "NFKC", "NFKD"]) });

const Normalizer = z.discriminatedUnion("type", [
  UnicodeForm,
  z.looseObject({ type: z.literal("Sequence"), normalizers: z.array(UnicodeForm) }),
]);

const Split = z.looseObject({
  type: z.literal("Split"),
  pattern: z.union([z.strictObject({ Regex: z.string() }), z.strictObject({ String: z.string() })]),
  behavior: z.enum(["Isolated", "Removed"]),
  invert: z.boolean(),
}).refine((split) => split.behavior === "Isolated" || split.invert, {
  path: ["behavior"],
  message: "a Split that drops its matches is not supported",
});

const ByteLevel = z.looseObject({
  type: z.literal("ByteLevel"),
  add_prefix_space: z.boolean().default(true),
  use_regex: z.boolean().default(true),
});

const PreTokenizer = z.discriminatedUnion("type", [
  ByteLevel,
  z.looseObject({
    type: z.literal("Sequence"),
    pretokenizers: z.array(z.discriminatedUnion("type", [Split, ByteLevel])),
  }),
]);

/** A parsed `tokenizer.json`; keys that do not concern Kedge are kept. */
export const TokenizerJson = z.looseObject({
  added_tokens: z.array(AddedToken).default([]),
  normalizer: Normalizer.nullable().default(null),
  pre_tokenizer: PreTokenizer,
  decoder: z.looseObject({ type: z.literal("ByteLevel") }),
  model: BpeModel,
});

/** A parsed `tokenizer.json`. */
export type TokenizerJson = z.output<typeof TokenizerJson>;

/** One step of the pre-tokenizer. */
export type PreTokenizerStep = z.output<typeof Split> | z.output<typeof ByteLevel>;

/** A token that is matched in the text before BPE runs. */
export type AddedToken = z.output<typeof AddedToken>;

/**
 * Checks that a value is a `tokenizer.json` whose ids Kedge can reproduce.
 *
 * @param value Parsed JSON.
 * @param path File name, for the message.
 * @throws {CheckpointError} If it is not, naming the first field that is wrong.
 */
export function parseTokenizerJson(value: unknown, path = "tokenizer.json"): TokenizerJson {
  const result = TokenizerJson.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.join(".") || "top level";
  throw new CheckpointError(`Cannot read ${path}: ${field}: ${issue.message}`);
}
