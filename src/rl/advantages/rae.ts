/**
 * Role-conditioned advantage estimation, Liu et al. 2025, SPIRAL (arXiv:2506.24119).
 *
 *   b'   = DECAY * b + (1 - DECAY) * r[i]    one completion after another, a baseline a role
 *   A[i] = r[i] - b'
 *
 * @module
 */
import type { AdvantageEstimator } from "./types.ts";

/** Share of the baseline that is kept at each completion. */
const DECAY = 0.95;

/** Rewards less an exponential moving average of the role's reward, which each completion updates first. */
export const rae: AdvantageEstimator = (groups, baseline) => {
  let average = baseline;
  const values = groups.map((rewards) =>
    rewards.map((reward) => {
      average = DECAY * average + (1 - DECAY) * reward;
      return reward - average;
    })
  );
  return { values, baseline: average };
};
