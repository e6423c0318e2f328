/**
 * The validity gate of generated bugs.
 *
 * @module
 */
export * from "./forbidden.ts";
export * from "./gate.ts";
export * from "./rejection.ts";
export * from "./signature.ts";
export * from "./static_gate.ts";
