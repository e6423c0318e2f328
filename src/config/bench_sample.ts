/**
 * What `bench sample` measures.
 *
 * @module
 */
import { z } from "zod";
import { GpuSection } from "./gpu.ts";
import { ModelSection } from "./model.ts";

/** Settings of `bench sample`. */
export const BenchSampleConfig = z.strictObject({
  model: ModelSection.pick({ path: true }).prefault({}),
  sequences: z.int().min(1).default(64).describe("sequences decoded together, count"),
  completions: z.int().min(1).default(1).describe("sequences that share a prompt, count"),
  prompt: z.int().min(1).default(64).describe("length of each prompt, tokens"),
  tokens: z.int().min(2).default(64).describe("tokens drawn for each sequence, count"),
  gpu: GpuSection.prefault({}),
  samples: z.int().min(1).default(5).describe("timings, count"),
}).meta({
  title: "bench sample",
  description: "Times prompts and decoding of a model, and every kernel of them.",
});

/** Resolved settings of `bench sample`. */
export type BenchSampleConfig = Readonly<z.output<typeof BenchSampleConfig>>;
