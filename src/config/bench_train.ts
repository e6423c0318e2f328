/**
 * What `bench train` measures.
 *
 * @module
 */
import { z } from "zod";
import { GpuSection } from "./gpu.ts";

/** Settings of `bench train`. */
export const BenchTrainConfig = z.strictObject({
  shape: z.enum(["peer", "grpo"]).default("peer")
    .describe("peer: 16 texts of 128 tokens; grpo: prompts of 200 tokens with 4 answers of 80"),
  steps: z.int().min(2).default(6).describe("steps, of which the first is not timed, count"),
  precision: z.enum(["f32", "mixed"]).default("f32")
    .describe("what products read: f32, or halves of weights and activations"),
  gpu: GpuSection.prefault({}),
  profile: z.boolean().default(false)
    .describe("time every kernel, which makes the step itself slower"),
}).meta({
  title: "bench train",
  description: "Times training steps on synthetic tokens.",
});

/** Resolved settings of `bench train`. */
export type BenchTrainConfig = Readonly<z.output<typeof BenchTrainConfig>>;
