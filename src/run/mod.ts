/**
 * Running a job: the run directory with exact resume, exit codes, results and progress.
 *
 * @module
 */
export * from "./exit.ts";
export * from "./output.ts";
