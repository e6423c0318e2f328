/**
 * Describing a file of bugs.
 *
 * @module
 */
import { z } from "zod";
import { embedderField } from "./embed.ts";
import { GpuSection } from "./gpu.ts";
import { ModelSection } from "./model.ts";
import { SandboxConfig } from "./sandbox.ts";

/** The whole configuration of `analyse`. */
export const AnalyseConfig = z.strictObject({
  tasks: z.string().default("").describe("file of the tasks of bugs that do not stand alone"),
  generated: z.string().min(1).default("mutations").describe(
    "bugs to be told from the file's: mutations (of its solutions), none, a run, or another file",
  ),
  embedder: embedderField,
  model: ModelSection.pick({ path: true }).prefault({}),
  neighbours: z.int().min(1).default(5).describe("nearest bugs whose sources are compared, count"),
  wallMs: z.int().min(50).default(1000).describe("time limit of one program, milliseconds"),
  seed: z.int().min(0).default(1).describe("seed of bootstraps, folds and mutations"),
  out: z.string().default("").describe("folder for the report and its plots; empty: none"),
  gpu: GpuSection.prefault({}),
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "analyse",
  description: "Describes a file of bugs: failures, edits, and how far apart its sources are.",
  positionals: ["FILE"],
}).readonly();

/** A resolved configuration of `analyse`. */
export type AnalyseConfig = z.output<typeof AnalyseConfig>;
