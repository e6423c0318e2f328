/**
 * The status page over run directories. It never lives in the process that trains.
 *
 * @module
 */
export * from "./app.ts";
export * from "./runs.ts";
