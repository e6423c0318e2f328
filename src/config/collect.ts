/**
 * Making bugs: a model is asked to solve tasks, and what fails is kept.
 *
 * @module
 */
import { z } from "zod";
import { BatchConfig } from "./batch.ts";
import { GpuSection } from "./gpu.ts";
import { ModelSection } from "./model.ts";
import { SandboxConfig } from "./sandbox.ts";

/** The whole configuration of `collect`. */
export const CollectConfig = z.strictObject({
  source: z.enum(["lm"]).default("lm").describe("who makes the bugs: lm, the model"),
  name: z.string().regex(/^[\w.+-]+$/, "expected letters, digits, dots, dashes").default("model")
    .describe("name of the model in the bugs' source, lm:<name>"),
  model: ModelSection.prefault({}),
  tasks: z.string().default("fixtures/micro/bench-tasks.jsonl")
    .describe("file of the tasks that are to be solved"),
  tries: z.int().min(1).default(16).describe("solutions sampled per task, at most"),
  temperature: z.number().positive().default(0.8).describe("divides the logits"),
  maxTokens: z.int().min(1).default(160).describe("longest solution, tokens"),
  wallMs: z.int().min(50).default(1000).describe("time limit of one program, milliseconds"),
  seed: z.int().min(0).default(1).describe("seed of sampling"),
  out: z.string().min(1).describe("file of bugs to write, JSON lines"),
  batch: BatchConfig.prefault({}),
  gpu: GpuSection.prefault({}),
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "collect",
  description: "Collects real mistakes: samples solutions of tasks and keeps one that fails.",
}).readonly();

/** A resolved configuration of `collect`. */
export type CollectConfig = z.output<typeof CollectConfig>;
