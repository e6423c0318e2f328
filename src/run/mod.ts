/**
 * Running a job: the run directory with exact resume, exit codes, results and progress.
 *
 * @module
 */
export * from "./choice_files.ts";
export * from "./exit.ts";
export * from "./output.ts";
export * from "./progress.ts";
export { JsonLines, PendingJsonLines, writeFile } from "./files.ts";
export * from "./run.ts";
export {
  describeRun,
  readRunRecord,
  type RunIdentity,
  type RunRecord,
  storedConfig,
} from "./identity.ts";
export { type CheckpointWriter, listCheckpoints } from "./checkpoints.ts";
