/**
 * Making bugs: a model is asked to solve tasks, and what fails is kept; or people write them on a page.
 *
 * @module
 */
import { z } from "zod";
import { BatchConfig } from "./batch.ts";
import { GpuSection } from "./gpu.ts";
import { AskedModelSection } from "./model.ts";
import { SandboxConfig } from "./sandbox.ts";

/** The whole configuration of `collect`. */
export const CollectConfig = z.strictObject({
  source: z.enum(["lm", "human"]).default("lm")
    .describe("who makes the bugs: lm, the model; human, people on a page of this machine"),
  name: z.string().regex(/^[\w.+-]+$/, "expected letters, digits, dots, dashes").default("model")
    .describe("name of the model in the bugs' source, lm:<name>"),
  model: AskedModelSection.prefault({}),
  tasks: z.string().default("fixtures/micro/bench-tasks.jsonl")
    .describe("file of the tasks that are to be solved, or whose solutions are to be broken"),
  drafts: z.string().default("")
    .describe(
      "human: file of failing programs of models, which people edit as well; those of tasks that are not there are left out",
    ),
  port: z.int().min(0).max(65535).default(8643)
    .describe("human: port on 127.0.0.1; 0 takes a free one"),
  tries: z.int().min(1).default(16).describe("solutions sampled per task, at most"),
  temperature: z.number().positive().default(0.8).describe("divides the logits"),
  maxTokens: z.int().min(0).default(0)
    .describe("longest solution, tokens; 0 is 160, and 2048 with --model.url"),
  wallMs: z.int().min(50).default(1000).describe("time limit of one program, milliseconds"),
  seed: z.int().min(0).default(1).describe("seed of sampling"),
  out: z.string().min(1).describe("file of bugs, JSON lines; human adds to it"),
  batch: BatchConfig.prefault({}),
  gpu: GpuSection.prefault({}),
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "collect",
  description:
    "Collects real mistakes: samples solutions of tasks and keeps one that fails, or serves a page " +
    "where people write bugs.",
}).readonly();

/** A resolved configuration of `collect`. */
export type CollectConfig = z.output<typeof CollectConfig>;
