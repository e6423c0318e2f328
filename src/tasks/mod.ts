/**
 * Floor 2: programs, bugs and tests: their records, files, canonical form, differences and verdicts.
 *
 * @module
 */
export * from "./canonical.ts";
export * from "./diff.ts";
export * from "./encoding.ts";
export * from "./jsonl.ts";
export * from "./skeleton.ts";
export * from "./types.ts";
