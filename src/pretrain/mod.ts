/**
 * Floor 5: next-token training of a small model.
 *
 * @module
 */
export * from "./examples.ts";
export * from "./read.ts";
export * from "./session.ts";
export * from "./step.ts";
