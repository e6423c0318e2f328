/**
 * Floor 2: programs, bugs and tests: their records, files, canonical form, differences and verdicts.
 *
 * @module
 */
export * from "./canonical.ts";
export * from "./diff.ts";
export * from "./gate/mod.ts";
export * from "./importers/mod.ts";
export * from "./jsonl.ts";
export * from "./judge.ts";
export * from "./mutate.ts";
export * from "./observe.ts";
export * from "./operators/mod.ts";
export * from "./skeleton.ts";
export * from "./splits/mod.ts";
export * from "./types.ts";
