/**
 * How much the GPU holds at a time.
 *
 * @module
 */
import { z } from "zod";

/** The `batch` section. */
export const BatchConfig = z.strictObject({
  lanes: z.int().min(1).default(128).describe("completions decoded at once, count"),
  promptRows: z.int().min(16).default(8192)
    .describe("prompt tokens that sampling holds at once, each prompt counted once, tokens"),
  microRows: z.int().min(64).default(8192).describe(
    "most tokens of a training micro-batch, tokens",
  ),
  recompute: z.enum(["auto", "on", "off"]).default("auto").describe(
    "whether training keeps each layer's input alone and computes its activations again in the backward pass; auto: " +
      "where the plan would not fit memoryMb otherwise",
  ),
  memoryMb: z.int().min(0).default(0)
    .describe("refuse to start if the plan needs more, MiB; 0 is no limit but the adapter's"),
}).readonly();

/** A resolved `batch` section. */
export type BatchConfig = z.output<typeof BatchConfig>;
