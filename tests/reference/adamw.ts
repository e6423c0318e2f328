/**
 * Float64 reference of adamw.
 *
 * @module
 */

/** A parameter tensor with its moments. */
export interface AdamwState {
  /** Parameters. */
  w: Float64Array;
  /** Running mean of the gradient. */
  m: Float64Array;
  /** Running mean of its square. */
  v: Float64Array;
}

/** One step in place: Loshchilov & Hutter 2019, algorithm 2. */
export function adamw(
  { w, m, v }: AdamwState,
  dw: Float64Array,
  options: {
    rate: number;
    decay: number;
    beta1: number;
    beta2: number;
    step: number;
    clip: number;
  },
): void {
  const { rate, decay, beta1, beta2, step, clip } = options;
  for (let i = 0; i < w.length; i++) {
    const d = clip * dw[i]!;
    m[i] = beta1 * m[i]! + (1 - beta1) * d;
    v[i] = beta2 * v[i]! + (1 - beta2) * d * d;
    const mean = m[i]! / (1 - beta1 ** step);
    const square = v[i]! / (1 - beta2 ** step);
    w[i] = w[i]! - rate * (mean / (Math.sqrt(square) + 1e-8) + decay * w[i]!);
  }
}
