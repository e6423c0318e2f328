/**
 * Floor 3: the optimiser and its schedules.
 *
 * @module
 */
export * from "./adamw.ts";
export * from "./schedule.ts";
