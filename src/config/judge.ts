/**
 * Judging one program file by one test file.
 *
 * @module
 */
import { z } from "zod";
import { SandboxConfig } from "./sandbox.ts";

/** The whole configuration of `judge`. */
export const JudgeConfig = z.strictObject({
  tests: z.string().default("").describe("test file: call cases (.json), a program or a suite"),
  entry: z.string().default("").describe("function under test; call cases name it themselves"),
  files: z.array(z.string()).default([])
    .describe("files beside the program that it or its tests import"),
  twice: z.boolean().default(false)
    .describe("judge two times and reject a program whose verdicts differ"),
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "judge",
  description: "Judges a program by its tests in the sandbox.",
  positionals: ["FILE"],
}).readonly();

/** A resolved configuration of `judge`. */
export type JudgeConfig = z.output<typeof JudgeConfig>;
