/**
 * Measuring a model on a bench of bugs.
 *
 * @module
 */
import { z } from "zod";
import { BatchConfig } from "./batch.ts";
import { GpuSection } from "./gpu.ts";
import { AskedModelSection } from "./model.ts";
import { SandboxConfig } from "./sandbox.ts";

/** The whole configuration of `eval`. */
export const EvalConfig = z.strictObject({
  model: AskedModelSection.prefault({}),
  bench: z.string().default("fixtures/micro/bench.jsonl").describe("file of stand-alone bugs"),
  split: z.enum(["all", "train", "validation", "test", "heldout-family"]).default("test")
    .describe("which bugs of the file, by the split of their task"),
  items: z.int().min(0).default(0).describe("bugs that are tried, count; 0 is all"),
  solve: z.boolean().default(false)
    .describe("also measure how many of the tasks are solved from scratch"),
  trainedOn: z.array(z.string()).default([])
    .describe("files of tasks or bugs that the model was trained on, to look for the bench in"),
  samples: z.int().min(1).default(1).describe("repairs of each bug, count"),
  temperature: z.number().min(0).default(0).describe("divides the logits; 0 is greedy"),
  maxTokens: z.int().min(0).default(0)
    .describe("longest repair, tokens; 0 is 160, and 2048 with --model.url"),
  wallMs: z.int().min(50).default(1000).describe("time limit of one program, milliseconds"),
  seed: z.int().min(0).default(1).describe("seed of sampling and of the bootstrap"),
  minFixRate: z.number().min(0).max(1).default(0)
    .describe("exit with 1 if the mean fix rate over sources is below, as a share"),
  against: z.string().default("")
    .describe("model directory, or results saved by --out, to compare with; empty: none"),
  out: z.string().default("").describe("file for the result of every bug, JSON lines; empty: none"),
  markdown: z.string().default("").describe("file for the tables as Markdown; empty: none"),
  junit: z.string().default("").describe("file for a JUnit report, a case a bug; empty: none"),
  cache: z.string().default(".cache/eval")
    .describe("folder of results that are not measured again; empty: none"),
  batch: BatchConfig.prefault({}),
  gpu: GpuSection.prefault({}),
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "eval",
  description: "Measures which share of a bench's bugs a model repairs.",
}).readonly();

/** A resolved configuration of `eval`. */
export type EvalConfig = z.output<typeof EvalConfig>;
