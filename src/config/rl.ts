/**
 * How rollouts become an update: advantages, the policy loss, mini-batches.
 *
 * @module
 */
import { z } from "zod";

/** The `rl` section. */
export const RlConfig = z.strictObject({
  generatorAdvantage: z.enum(["gdpo", "grpo", "dr-grpo", "rloo", "reinforce++", "rae"])
    .default("gdpo").describe("estimator of the generator's advantages"),
  fixerAdvantage: z.enum(["dr-grpo", "grpo", "rloo", "reinforce++", "rae"])
    .default("dr-grpo").describe("estimator of the fixer's advantages"),
  similarityWeight: z.number().min(0).default(0.5)
    .describe("weight of the normalised similarity reward in gdpo"),
  loss: z.enum(["clip", "gspo", "cispo"]).default("clip").describe("policy loss"),
  clipLow: z.number().min(0).max(1).default(0.2)
    .describe("the importance ratio counts as at least 1 - clipLow"),
  clipHigh: z.number().min(0).default(0.28)
    .describe("the importance ratio counts as at most 1 + clipHigh"),
  dualClip: z.number().min(1).default(3)
    .describe("bound of the loss in advantages where the advantage is negative"),
  aggregation: z.enum(["token-mean", "sequence-mean", "constant"]).default("token-mean")
    .describe("mean over a role's tokens, over its completions, or the sum over a constant length"),
  generatorWeight: z.number().min(0).default(0.2).describe("weight of the generator's loss"),
  fixerWeight: z.number().min(0).default(0.8).describe("weight of the fixer's loss"),
  klWeight: z.number().min(0).default(0)
    .describe("weight of the divergence from the initial policy; 0 switches it off"),
  klForm: z.enum(["k1", "k2", "k3"]).default("k3").describe("estimator of that divergence"),
  importanceCap: z.number().min(0).default(0).describe(
    "largest importance weight of stale rollouts; 0: rollouts must be the policy's own, or it is an error",
  ),
  miniBatches: z.int().min(1).default(1).describe("optimiser steps per round, count"),
}).readonly();

/** A resolved `rl` section. */
export type RlConfig = z.output<typeof RlConfig>;
