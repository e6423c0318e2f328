/**
 * Floor 1: judging untrusted, model-written programs.
 *
 * @module
 */
export { compareValues } from "./compare.ts";
export { decodeValue, encodeValue } from "./encoding.ts";
export { formatCall, formatValue, trimText } from "./format.ts";
export { Sandbox } from "./host.ts";
export * from "./measure.ts";
export * from "./test_files.ts";
export type * from "./types.ts";
