/**
 * Floor 5: measuring models on benches of bugs.
 *
 * @module
 */
export * from "./estimators.ts";
export * from "./evaluate.ts";
export * from "./items.ts";
