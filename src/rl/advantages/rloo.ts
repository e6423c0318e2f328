/**
 * REINFORCE leave-one-out, Ahmadian et al. 2024 (arXiv:2402.14740).
 *
 *   A[i] = r[i] - mean(r[j], j != i)    within the completions of one prompt
 *
 * @module
 */
import { meanOf } from "./moments.ts";
import type { AdvantageEstimator } from "./types.ts";

/** Rewards less the mean of the others in the group; a lone completion gets 0. */
export const rloo: AdvantageEstimator = (groups, baseline) => ({
  values: groups.map((rewards) => {
    const [n, mean] = [rewards.length, meanOf(rewards)];
    return rewards.map((reward) => n < 2 ? 0 : (reward - mean) * n / (n - 1));
  }),
  baseline,
});
