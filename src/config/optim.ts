/**
 * The optimiser: AdamW with a limited gradient norm.
 *
 * @module
 */
import { z } from "zod";

/** The `optim` section. */
export const OptimConfig = z.strictObject({
  rate: z.number().positive().default(1e-4).describe("peak learning rate"),
  warmup: z.int().min(0).default(0).describe("optimiser steps of linear warm-up, count"),
  floor: z.number().min(0).max(1).default(1)
    .describe("learning rate at the last step as a share of the peak; 1 keeps it constant"),
  decay: z.number().min(0).default(0).describe("decoupled weight decay of matrices"),
  beta1: z.number().min(0).max(1).default(0.9).describe("decay of the gradient's running mean"),
  beta2: z.number().min(0).max(1).default(0.95).describe("decay of its running mean square"),
  gradNorm: z.number().positive().default(1).describe("largest norm of all gradients together"),
});

/** A resolved `optim` section. */
export type OptimConfig = Readonly<z.output<typeof OptimConfig>>;
