/**
 * Group Sequence Policy Optimization, Zheng et al. 2025 (arXiv:2507.18071), equations 5 to 7 and 10.
 *
 *   s    = exp(mean_t(logp[t] - oldLogp[t]))          one ratio a completion
 *   L[t] = -min(s A, clip(s, 1 - clipLow, 1 + clipHigh) A)
 *   d(sum_t L[t]) / dlogp[t] = -s A where no bound holds, else 0
 *
 * The ratio of a whole completion moves far less than a token's: the paper clips at 3e-4 and 4e-4.
 *
 * @module
 */
import { clippedSurrogate, isClipped } from "./clip.ts";
import type { PolicyLoss } from "./types.ts";

/** One length-normalised ratio a completion, clipped as a whole. */
export const gspoLoss: PolicyLoss = ({ logp, oldLogp, advantage }, range) => {
  const sum = logp.reduce((total, value, t) => total + value - oldLogp[t]!, 0);
  const ratio = Math.exp(sum / Math.max(1, logp.length));
  const clipped = isClipped(ratio, advantage, range);
  return {
    loss: logp.map(() => clippedSurrogate(ratio, advantage, range)),
    dlogp: logp.map(() => clipped ? 0 : -ratio * advantage),
    clipped: logp.map(() => clipped),
  };
};
