/**
 * Floor 6: policies, plans and training sessions, put together from the floors below for the workflows.
 *
 * @module
 */
export * from "./collect.ts";
export * from "./embedder.ts";
export * from "./gpu.ts";
export * from "./measure.ts";
export * from "./plan.ts";
export * from "./policy.ts";
export * from "./training.ts";
