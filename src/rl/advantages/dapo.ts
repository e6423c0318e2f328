/**
 * Decoupled clip and dynamic sampling, Yu et al. 2025, DAPO (arXiv:2503.14476): the parts that concern rewards.
 *
 * Its raised upper clip is the loss's default (`clipHigh`), its token-level loss the `token-mean` aggregation.
 *
 * @module
 */
import { stdOf } from "./moments.ts";
import { SMALLEST_STD } from "./types.ts";

/** Whether a group's rewards differ, equation 11: else it gives no gradient and is filtered or sampled again. */
export function isInformative(rewards: readonly number[]): boolean {
  return stdOf(rewards) >= SMALLEST_STD;
}

/**
 * The soft penalty for long completions, equation 13: 0 up to `longest - buffer` tokens, falling to -1 at `longest`.
 *
 * @param length Tokens of the completion.
 * @param longest Tokens at which sampling stops.
 * @param buffer Tokens over which the penalty grows; 0 switches it off.
 */
export function overlongPenalty(length: number, longest: number, buffer: number): number {
  if (buffer === 0) return 0;
  const over = (length - (longest - buffer)) / buffer;
  return over <= 0 ? 0 : -Math.min(1, over);
}
