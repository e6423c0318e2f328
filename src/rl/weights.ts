/**
 * Token weights: how the losses of a mini-batch's tokens add up to one number.
 *
 *   token-mean      w = roleWeight / tokens of the role              (DAPO, arXiv:2503.14476, equation 8)
 *   sequence-mean   w = roleWeight / (completions of the role * |o|) (GRPO, arXiv:2402.03300, equation 3)
 *   constant        w = roleWeight / (completions of the role * C)   (Dr. GRPO, arXiv:2503.20783)
 *
 * A role that is missing contributes nothing; the other one's weight stays.
 *
 * @module
 */

/** How token losses are aggregated. */
export type Aggregation = "token-mean" | "sequence-mean" | "constant";

/** Tokens that stand for a completion's length in the `constant` aggregation. */
const CONSTANT_LENGTH = 256;

/**
 * The factor of each token's loss, one number a completion.
 *
 * @param lengths Tokens of every completion of one role in one mini-batch.
 * @param roleWeight Weight of the role's loss.
 * @param aggregation How token losses are aggregated.
 */
export function tokenWeights(
  lengths: readonly number[],
  roleWeight: number,
  aggregation: Aggregation,
): number[] {
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  switch (aggregation) {
    case "token-mean":
      return lengths.map(() => roleWeight / tokens);
    case "sequence-mean":
      return lengths.map((length) => roleWeight / (lengths.length * length));
    case "constant":
      return lengths.map(() => roleWeight / (lengths.length * CONSTANT_LENGTH));
  }
}
