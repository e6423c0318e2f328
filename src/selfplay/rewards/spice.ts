/**
 * The challenger's variance reward of SPICE, Liu et al. 2025 (arXiv:2510.24684).
 *
 * @module
 */

/** `exp(-(rho (1 - rho) - 0.25)^2 / 0.02)`: 1 where half of the repairs pass. */
export function spiceReward(rho: number): number {
  return Math.exp(-((rho * (1 - rho) - 0.25) ** 2) / 0.02);
}
