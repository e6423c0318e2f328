/**
 * Clipped importance-sampling weights, MiniMax 2025, CISPO (arXiv:2506.13585), equations 4 and 5.
 *
 *   w    = clip(exp(logp - oldLogp), 1 - clipLow, 1 + clipHigh), held constant
 *   L    = -w A logp
 *   dL/dlogp = -w A
 *
 * No token loses its gradient: the weight is bounded, not the update.
 *
 * @module
 */
import type { PolicyLoss } from "./types.ts";

/** REINFORCE with a bounded, constant importance weight. */
export const cispoLoss: PolicyLoss = ({ logp, oldLogp, advantage }, range) => {
  const ratios = logp.map((value, t) => Math.exp(value - oldLogp[t]!));
  const [lowest, highest] = [1 - range.clipLow, 1 + range.clipHigh];
  const weights = ratios.map((ratio) => Math.min(Math.max(ratio, lowest), highest));
  return {
    loss: weights.map((weight, t) => -weight * advantage * logp[t]!),
    dlogp: weights.map((weight) => -weight * advantage),
    clipped: weights.map((weight, t) => weight !== ratios[t]),
  };
};
