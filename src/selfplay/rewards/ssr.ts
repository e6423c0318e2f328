/**
 * The bug injector's reward of Self-play SWE-RL, Wei et al. 2025 (arXiv:2512.18552), with alpha = 0.8.
 *
 * @module
 */

const ALPHA = 0.8;

/** `1 - 1.8 rho`, the harder the better; -0.8 for a pass rate of 0 or 1. */
export function ssrReward(rho: number): number {
  return rho === 0 || rho === 1 ? -ALPHA : 1 - (1 + ALPHA) * rho;
}
