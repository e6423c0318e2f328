/**
 * The generator's reward of anchored self-play, Choi et al. 2026 (arXiv:2607.03523), section 3.
 *
 * @module
 */

/** +1 for a pass rate in [0.25, 0.75], -0.2 for one of 0 or 1, else 0. */
export function bandReward(rho: number): number {
  if (rho >= 0.25 && rho <= 0.75) return 1;
  return rho === 0 || rho === 1 ? -0.2 : 0;
}
