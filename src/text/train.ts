/**
 * Trains a byte-level BPE tokenizer.
 *
 * @module
 */
import { compileSplitter } from "./added_tokens.ts";
import { BYTE_CHARS } from "./byte_alphabet.ts";
import { emptyTokenizerJson } from "./empty_tokenizer_json.ts";
import { learnMerges, type Word } from "./learn_merges.ts";
import { compileCut, compilePreTokenizer } from "./pre_tokenize.ts";
import { SPLIT_PATTERNS, type SplitPattern } from "./split_patterns.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer.ts";
import type { TokenizerJson } from "./tokenizer_json.ts";

/** What kind of tokenizer to train. */
export interface TrainTokenizerOptions {
  /** Number of tokens: control tokens, 256 bytes, and as many merges as there is room for. */
  readonly vocabSize: number;
  /** Control tokens; they get the ids from 0 on, in this order. */
  readonly specials?: readonly string[];
  /** Where merges may happen. Default `code`. */
  readonly pattern?: SplitPattern;
  /** Longest token, bytes. Default 24. */
  readonly maxTokenLength?: number;
}

/**
 * How often each piece occurs in the texts. Control tokens are cut out first: a merge that spells one would let plain
 * text encode to it.
 */
function countPieces(
  texts: Iterable<string>,
  { added_tokens: added, pre_tokenizer: steps }: TokenizerJson,
): Map<string, number> {
  const split = compileSplitter(added);
  const preTokenize = compilePreTokenizer(steps);
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const part of split(text.toWellFormed())) {
      if (typeof part === "number") continue;
      for (const piece of preTokenize(part)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    }
  }
  return counts;
}

/** Pieces as byte tokens, with the places where lexemes start. */
function toWords(
  counts: ReadonlyMap<string, number>,
  { base, lexeme }: { base: readonly string[]; lexeme: string | undefined },
): Word[] {
  const cutLexemes = lexeme === undefined ? (piece: string) => [piece] : compileCut(lexeme);
  const ids = new Map(base.map((token, id) => [token, id]));
  const idOfByte = BYTE_CHARS.map((char) => ids.get(char)!);
  const utf8 = new TextEncoder();
  return Array.from(counts, ([piece, count]) => {
    const lexemes = cutLexemes(piece).map((part) => utf8.encode(part));
    return {
      ids: lexemes.flatMap((bytes) => Array.from(bytes, (byte) => idOfByte[byte]!)),
      starts: lexemes.flatMap((bytes) => Array.from(bytes, (_, i) => i === 0)),
      count,
    };
  });
}

/**
 * Learns the merges of a byte-level BPE tokenizer.
 *
 * The most frequent pair merges first; among equals the pair with the smaller ids, so equal texts give an equal
 * tokenizer. Merging ends early when no pair occurs twice.
 *
 * @param texts The texts to learn from.
 * @throws {RangeError} If `vocabSize` leaves no room for the control tokens and the 256 bytes, or these clash.
 */
export function trainTokenizer(
  texts: Iterable<string>,
  { vocabSize, specials = [], pattern = "code", maxTokenLength = 24 }: TrainTokenizerOptions,
): Tokenizer {
  const base = [...specials, ...[...BYTE_CHARS].sort()];
  if (vocabSize < base.length) {
    throw new RangeError(
      `Cannot train tokenizer: vocabSize must be at least ${base.length}, current value is ${vocabSize}`,
    );
  }
  if (new Set(base).size < base.length) {
    throw new RangeError(
      "Cannot train tokenizer: expected distinct control tokens, not single bytes",
    );
  }
  const { split, lexeme } = SPLIT_PATTERNS[pattern];
  const empty = emptyTokenizerJson(split, specials);
  const words = toWords(countPieces(texts, empty), { base, lexeme });
  const { tokens, merges } = learnMerges(words, base, { vocabSize, maxTokenLength });
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return createTokenizer({ ...empty, model: { ...empty.model, vocab, merges } });
}
