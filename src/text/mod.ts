/**
 * Floor 1: byte-level BPE tokenizers (`tokenizer.json`), their training, and chat templates.
 *
 * @module
 */
export * from "./chat_template.ts";
export * from "./split_patterns.ts";
export * from "./tokenizer.ts";
export * from "./tokenizer_config.ts";
export { type TokenizerJson } from "./tokenizer_json.ts";
export * from "./train.ts";
