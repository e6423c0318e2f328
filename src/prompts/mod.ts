/**
 * Floor 3: how a model is asked to solve, break and fix programs, and how its reply is read.
 *
 * @module
 */
export * from "./chat.ts";
export * from "./format.ts";
export * from "./hints.ts";
export * from "./judge_reply.ts";
export * from "./micro.ts";
