/**
 * Group Relative Policy Optimization, Shao et al. 2024 (arXiv:2402.03300), section 4.1.2.
 *
 *   A[i] = (r[i] - mean(r)) / std(r)    within the completions of one prompt
 *
 * @module
 */
import { zScores } from "./moments.ts";
import type { AdvantageEstimator } from "./types.ts";

/** Rewards z-scored within each group; a group whose standard deviation is under 1e-6 gets 0. */
export const grpo: AdvantageEstimator = (groups, baseline) => ({
  values: groups.map(zScores),
  baseline,
});
