/**
 * GRPO done right, Liu et al. 2025 (arXiv:2503.20783): the mean only.
 *
 *   A[i] = r[i] - mean(r)    within the completions of one prompt
 *
 * Dividing by the standard deviation would weigh very easy and very hard prompts most. Its other half, a loss divided by
 * a constant in place of the length, is the `constant` aggregation of `assembleUpdate`.
 *
 * @module
 */
import { meanOf } from "./moments.ts";
import type { AdvantageEstimator } from "./types.ts";

/** Rewards less their group's mean. */
export const drGrpo: AdvantageEstimator = (groups, baseline) => ({
  values: groups.map((rewards) => {
    const mean = meanOf(rewards);
    return rewards.map((reward) => reward - mean);
  }),
  baseline,
});
