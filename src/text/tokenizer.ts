/**
 * Text to token ids and back, as a `tokenizer.json` says.
 *
 * Sequence-level decoration (a beginning-of-text token, templates) is left to the caller: `encode` never adds a token
 * that is not in the text.
 *
 * @module
 */
import { CheckpointError } from "../base/mod.ts";
import { compileSplitter, type Segment } from "./added_tokens.ts";
import { compileBpe } from "./bpe.ts";
import { tokenToBytes } from "./byte_alphabet.ts";
import { compilePreTokenizer } from "./pre_tokenize.ts";
import { parseTokenizerJson, type TokenizerJson } from "./tokenizer_json.ts";

/** Whether control tokens take part. */
export interface SpecialsOption {
  /**
   * Encoding: recognise added tokens written in the text. Decoding: write out special tokens instead of leaving them
   * out. Default false, so that foreign text can neither give nor fake a control token.
   */
  readonly specials?: boolean;
}

/** A byte-level BPE tokenizer. */
export interface Tokenizer {
  /** One more than the highest token id. */
  readonly vocabSize: number;
  /** Ids of the added tokens by their text, control tokens among them. */
  readonly added: ReadonlyMap<string, number>;
  /** Token ids of a text; lone surrogates count as U+FFFD. */
  encode(text: string, options?: SpecialsOption): number[];
  /** Text of token ids; bytes that are not UTF-8 become U+FFFD. Throws {RangeError} on an unknown id. */
  decode(ids: Iterable<number>, options?: SpecialsOption): string;
  /** Id of an added token. Throws {RangeError} if there is none of that text. */
  id(content: string): number;
  /** The `tokenizer.json` value, as read. */
  toJson(): TokenizerJson;
}

/** Bytes of each token id; undefined where there is none. */
function tokenBytes(json: TokenizerJson): (Uint8Array | undefined)[] {
  const utf8 = new TextEncoder();
  const table: (Uint8Array | undefined)[] = [];
  for (const [token, id] of Object.entries(json.model.vocab)) {
    table[id] = tokenToBytes(token) ?? utf8.encode(token);
  }
  for (const { id, content } of json.added_tokens) table[id] = utf8.encode(content);
  return table;
}

function compileNormalizer(normalizer: TokenizerJson["normalizer"]): (text: string) => string {
  if (normalizer === null) return (text) => text;
  const forms = normalizer.type === "Sequence" ? normalizer.normalizers : [normalizer];
  return (text) => forms.reduce((current, { type }) => current.normalize(type), text);
}

/** Splits at added tokens: the verbatim ones before normalisation, the normalised ones after it. */
function compileSegments(json: TokenizerJson): (text: string) => Segment[] {
  const normalize = compileNormalizer(json.normalizer);
  const verbatim = compileSplitter(json.added_tokens.filter((token) => !token.normalized));
  const normalized = compileSplitter(json.added_tokens.filter((token) => token.normalized));
  return (text) =>
    verbatim(text).flatMap((part) =>
      typeof part === "number" ? [part] : normalized(normalize(part))
    );
}

function compileEncode(json: TokenizerJson, path: string): Tokenizer["encode"] {
  const normalize = compileNormalizer(json.normalizer);
  const preTokenize = compilePreTokenizer(json.pre_tokenizer);
  const encodePiece = compileBpe(json.model, path);
  const segments = compileSegments(json);
  return (text, { specials = false } = {}) => {
    const wellFormed = text.toWellFormed();
    const ids: number[] = [];
    for (const segment of specials ? segments(wellFormed) : [normalize(wellFormed)]) {
      if (typeof segment === "number") ids.push(segment);
      else for (const piece of preTokenize(segment)) ids.push(...encodePiece(piece));
    }
    return ids;
  };
}

function compileDecode(json: TokenizerJson, table: readonly (Uint8Array | undefined)[]) {
  const special = new Set(json.added_tokens.filter((t) => t.special).map((t) => t.id));
  return (ids: Iterable<number>, { specials = false }: SpecialsOption = {}): string => {
    const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
    let text = "";
    for (const id of ids) {
      const bytes = table[id];
      if (bytes === undefined) throw new RangeError(`Cannot decode token ${id}: no such token`);
      if (specials || !special.has(id)) text += utf8.decode(bytes, { stream: true });
    }
    return text + utf8.decode();
  };
}

/**
 * Builds a tokenizer from a parsed `tokenizer.json`.
 *
 * @param value Parsed JSON.
 * @param path File name, for the message.
 * @throws {CheckpointError} If its ids could not be reproduced, naming the field.
 */
export function createTokenizer(value: unknown, path = "tokenizer.json"): Tokenizer {
  const json = parseTokenizerJson(value, path);
  const table = tokenBytes(json);
  const added = new Map(json.added_tokens.map(({ content, id }) => [content, id]));
  return {
    vocabSize: table.length,
    added,
    encode: compileEncode(json, path),
    decode: compileDecode(json, table),
    id: (content) => {
      const id = added.get(content);
      if (id === undefined) throw new RangeError(`Cannot find token ${content}: not in ${path}`);
      return id;
    },
    toJson: () => json,
  };
}

/**
 * Reads a `tokenizer.json` file.
 *
 * @throws {CheckpointError} If it is missing, not JSON, or its ids could not be reproduced.
 */
export async function readTokenizer(path: string): Promise<Tokenizer> {
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound ? "no such file" : String(cause);
    throw new CheckpointError(`Cannot read ${path}: ${reason}`, { cause });
  }
  return createTokenizer(value, path);
}
