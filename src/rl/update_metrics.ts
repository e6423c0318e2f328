/**
 * What an update says of itself.
 *
 * @module
 */
import type { PairInputs, PairOutputs } from "./learner.ts";

/** Everything known of the predictions of one micro-batch. */
export interface TokenRecord extends PairOutputs {
  /** Which role wrote each predicted token, `[P]`. */
  readonly roles: readonly string[];
  /** What the loss read. */
  readonly inputs: PairInputs;
  /** Whether it belongs to the first mini-batch, before any step. */
  readonly first?: boolean;
}

/**
 * Means and extremes over all tokens of an update, and the mean loss and gradient norm of its steps.
 *
 * @param norms Gradient norm of each step.
 */
export function updateMetrics(
  records: readonly TokenRecord[],
  norms: readonly number[],
): Record<string, number> {
  const total = { tokens: 0, loss: 0, clipped: 0, penalty: 0, ratio: 0, firstRatio: 0 };
  const entropy = new Map<string, { sum: number; count: number }>();
  for (const { terms, entropy: entropies, roles, first } of records) {
    roles.forEach((role, p) => {
      const [loss, ratio, clipped, penalty] = terms.subarray(
        p * 4,
        p * 4 + 4,
      ) as unknown as number[];
      total.tokens++;
      total.loss += loss!;
      total.clipped += clipped!;
      total.penalty += penalty!;
      total.ratio = Math.max(total.ratio, ratio!);
      if (first) total.firstRatio = Math.max(total.firstRatio, Math.abs(ratio! - 1));
      for (const key of ["entropy", `${role}.entropy`]) {
        const mean = entropy.get(key) ?? { sum: 0, count: 0 };
        entropy.set(key, { sum: mean.sum + entropies[p]!, count: mean.count + 1 });
      }
    });
  }
  const tokens = Math.max(1, total.tokens);
  const steps = Math.max(1, norms.length);
  return {
    loss: total.loss / steps,
    "ratio.max": total.ratio,
    "ratio.firstDeviation": total.firstRatio,
    clipFraction: total.clipped / tokens,
    kl: total.penalty / tokens,
    ...Object.fromEntries([...entropy].map(([key, { sum, count }]) => [key, sum / count])),
    gradNorm: norms.reduce((sum, norm) => sum + norm, 0) / steps,
    trainedTokens: total.tokens,
  };
}
