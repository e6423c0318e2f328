/**
 * What all policy losses share.
 *
 * @module
 */

/** One sampled completion as a loss sees it. */
export interface LossInput {
  /** Log-probability of each token under the policy being trained, `[tokens]`. */
  readonly logp: readonly number[];
  /** Log-probability of each token when it was sampled, `[tokens]`. */
  readonly oldLogp: readonly number[];
  /** Advantage of the completion. */
  readonly advantage: number;
}

/** Bounds of the importance ratio. */
export interface ClipRange {
  /** The ratio counts as at least `1 - clipLow`. */
  readonly clipLow: number;
  /** The ratio counts as at most `1 + clipHigh`. */
  readonly clipHigh: number;
  /** With a negative advantage, the loss is at most `dualClip * |A|`; Infinity switches that off. */
  readonly dualClip: number;
}

/** Loss of each token and its derivative. */
export interface TokenLosses {
  /** Loss, `[tokens]`; to be minimised. */
  readonly loss: number[];
  /** Derivative of the summed loss by each token's `logp`, `[tokens]`. */
  readonly dlogp: number[];
  /** Whether a bound took the token's gradient away, `[tokens]`. */
  readonly clipped: boolean[];
}

/** Losses of the tokens of one completion; the caller weights and sums them. */
export type PolicyLoss = (input: LossInput, range: ClipRange) => TokenLosses;
