/**
 * Where a run lives and how much of it is kept.
 *
 * @module
 */
import { z } from "zod";

/** The run directory's settings. */
export const RunConfig = z.strictObject({
  root: z.string().min(1).default("runs").describe("folder that holds the run directories"),
  name: z.string().regex(/^(\w[\w.+-]*)?$/, "expected letters, digits, dots, dashes")
    .default("").describe("name of the run; empty is the command's name with date and time"),
  keepCheckpoints: z.int().min(1).default(3).describe("newest checkpoints that are kept, count"),
  rolloutFileMb: z.number().positive().default(64)
    .describe("size at which a rollout file is followed by the next, MiB"),
}).readonly();

/** Resolved settings of the run directory. */
export type RunConfig = z.output<typeof RunConfig>;

/** Field `resume` of commands that write a run directory. */
export const resumeField: z.ZodDefault<z.ZodBoolean> = z.boolean().default(false)
  .describe(
    "continue the run of that name, or the newest one, with the values it was started with",
  );

/** Field `seed` of commands that draw random numbers. */
export const seedField: z.ZodDefault<z.ZodInt> = z.int().min(0).max(0xffffffff).default(0)
  .describe("root of every random stream");
