/**
 * Floor 3: the corpus of small programs: a grammar that draws program and statement together, tests that pin each
 * program down, the split by skeleton, and pretraining examples.
 *
 * @module
 */
export * from "./assemble.ts";
export * from "./choose.ts";
export * from "./evaluate.ts";
export * from "./examples.ts";
export * from "./factory.ts";
export { FAMILIES, type Family } from "./families/mod.ts";
export * from "./generate.ts";
export * from "./sandbox_evaluate.ts";
export * from "./split.ts";
export * from "./summary.ts";
export * from "./verify.ts";
