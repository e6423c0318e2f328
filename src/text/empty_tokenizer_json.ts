/**
 * A `tokenizer.json` without a vocabulary, for training to fill.
 *
 * @module
 */
// deno-lint-ignore-file camelcase -- the names are tokenizer.json's
import type { TokenizerJson } from "./tokenizer_json.ts";

/**
 * A byte-level BPE tokenizer that knows how to cut text and which control tokens there are, and nothing else.
 *
 * @param split Expression whose matches, and the gaps between them, are the pieces that merges stay inside of.
 * @param specials Control tokens, with ids from 0 on.
 */
export function emptyTokenizerJson(split: string, specials: readonly string[]): TokenizerJson {
  const splitStep = {
    type: "Split" as const,
    pattern: { Regex: split },
    behavior: "Isolated" as const,
    invert: false,
  };
  const byteStep = {
    type: "ByteLevel" as const,
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: false,
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: specials.map(addedToken),
    normalizer: null,
    pre_tokenizer: { type: "Sequence", pretokenizers: [splitStep, byteStep] },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: {},
      merges: [],
    },
  };
}

function addedToken(content: string, id: number): TokenizerJson["added_tokens"][number] {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
}
