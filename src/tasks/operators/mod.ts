/**
 * Which mistakes a set of bugs is made of.
 *
 * @module
 */
export * from "./classify.ts";
export * from "./histogram.ts";
