/**
 * What `train-tokenizer` learns from and makes.
 *
 * @module
 */
import { z } from "zod";

/** The control tokens of the micro preset's prompts. */
const MICRO_SPECIALS = [
  "<|endoftext|>",
  "<|im_start|>",
  "<|im_end|>",
  "<|solve|>",
  "<|fix|>",
  "<|break|>",
  "<|code|>",
  "<|test|>",
  "<|answer|>",
];

/** Settings of `train-tokenizer`. */
export const TrainTokenizerConfig = z.strictObject({
  input: z.array(z.string()).min(1)
    .describe("files to learn from: JSON lines (.jsonl), else each file is one text"),
  fields: z.array(z.string()).min(1).default(["text", "problem", "solution", "buggy"])
    .describe("fields of a JSON line that make its text, those that are there, joined by newlines"),
  vocabSize: z.int().min(256).default(1024)
    .describe("tokens: control tokens, 256 bytes, the rest merges; count"),
  pattern: z.enum(["code", "line", "word"]).default("code")
    .describe("where merges may happen: between operators, inside a line, inside a word"),
  maxTokenLength: z.int().min(2).default(24).describe("longest token, bytes"),
  specials: z.array(z.string().min(1)).default(MICRO_SPECIALS)
    .describe("control tokens, with ids from 0 on; the first one ends and pads a text"),
  out: z.string().min(1).describe("directory to write tokenizer.json and tokenizer_config.json to"),
}).meta({
  title: "train-tokenizer",
  description: "Learns a byte-level BPE tokenizer from program texts.",
});

/** Resolved settings of `train-tokenizer`. */
export type TrainTokenizerConfig = Readonly<z.output<typeof TrainTokenizerConfig>>;
