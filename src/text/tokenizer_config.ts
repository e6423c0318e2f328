/**
 * The `tokenizer_config.json` that tells `transformers` how to use a `tokenizer.json`.
 *
 * @module
 */

/** A `tokenizer_config.json`: the names are `transformers`' own. */
export type TokenizerConfigJson = Readonly<Record<string, string | boolean>>;

/**
 * Describes a tokenizer of one's own making.
 *
 * @param end The control token that ends and pads a text, if there is one.
 */
export function tokenizerConfig(end: string | undefined): TokenizerConfigJson {
  const ends = end === undefined ? {} : { ["eos_token"]: end, ["pad_token"]: end };
  return {
    ["tokenizer_class"]: "PreTrainedTokenizerFast",
    ["clean_up_tokenization_spaces"]: false,
    ...ends,
  };
}
