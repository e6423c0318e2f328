/**
 * The clipped policy loss, Schulman et al. 2017 (arXiv:1707.06347), equation 7, with the two bounds of DAPO
 * (arXiv:2503.14476, equation 8) and the dual clip of Ye et al. 2020 (arXiv:1912.09729).
 *
 *   r    = exp(logp - oldLogp)
 *   L    = -min(r A, clip(r, 1 - clipLow, 1 + clipHigh) A)
 *   A<0: L = min(L, -dualClip A)
 *   dL/dlogp = -r A where no bound holds, else 0
 *
 * @module
 */
import type { ClipRange, PolicyLoss } from "./types.ts";

/** Token-wise ratios, each clipped by itself. */
export const clipLoss: PolicyLoss = ({ logp, oldLogp, advantage }, range) => {
  const ratios = logp.map((value, t) => Math.exp(value - oldLogp[t]!));
  const clipped = ratios.map((ratio) => isClipped(ratio, advantage, range));
  return {
    loss: ratios.map((ratio) => clippedSurrogate(ratio, advantage, range)),
    dlogp: ratios.map((ratio, t) => clipped[t] ? 0 : -ratio * advantage),
    clipped,
  };
};

/** The loss of one ratio. */
export function clippedSurrogate(ratio: number, advantage: number, range: ClipRange): number {
  const bounded = Math.min(Math.max(ratio, 1 - range.clipLow), 1 + range.clipHigh);
  const loss = -Math.min(ratio * advantage, bounded * advantage);
  return advantage < 0 ? Math.min(loss, -range.dualClip * advantage) : loss;
}

/** Whether a bound makes the loss constant in the ratio. */
export function isClipped(ratio: number, advantage: number, range: ClipRange): boolean {
  if (advantage > 0) return ratio > 1 + range.clipHigh;
  return advantage < 0 && (ratio < 1 - range.clipLow || ratio > range.dualClip);
}
