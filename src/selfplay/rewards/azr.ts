/**
 * The proposer's learnability reward of Absolute Zero, Zhao et al. 2025 (arXiv:2505.03335).
 *
 * @module
 */

/** `1 - rho`, but 0 if nobody passes. */
export function azrReward(rho: number): number {
  return rho > 0 ? 1 - rho : 0;
}
