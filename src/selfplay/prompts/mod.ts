/**
 * Prompt formats.
 *
 * @module
 */
export * from "./chat.ts";
export * from "./format.ts";
export * from "./micro.ts";
