/**
 * Floor 5: next-token training of a small model.
 *
 * @module
 */
export * from "./examples.ts";
export * from "./step.ts";
