/**
 * Floor 6: policies, plans and training sessions, put together from the floors below for the workflows.
 *
 * @module
 */
export * from "./budget.ts";
export * from "./cells.ts";
export * from "./collect.ts";
export * from "./cross_play.ts";
export * from "./dump.ts";
export * from "./embedder.ts";
export * from "./gpu.ts";
export * from "./inputs.ts";
export * from "./job.ts";
export * from "./learn.ts";
export * from "./measure.ts";
export * from "./plan.ts";
export * from "./policy.ts";
export * from "./remote.ts";
export * from "./replay.ts";
export * from "./training.ts";
