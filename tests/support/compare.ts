/**
 * Comparisons of f32 results with float64 references, and of gradients with central differences.
 *
 * @module
 */
import assert from "node:assert/strict";

/** What is compared, and how many terms are summed for one element. */
export interface Expectation {
  /** Name for the message. */
  readonly what: string;
  /** Terms reduced for one element. */
  readonly terms: number;
  /** Magnitude of the terms, where they cancel in the result; else the largest result. */
  readonly scale?: number;
  /** Factor on the tolerance, for an op that says why it needs one. */
  readonly slack?: number;
}

/** Largest magnitude. */
function largest(values: ArrayLike<number>): number {
  let scale = 0;
  for (let i = 0; i < values.length; i++) scale = Math.max(scale, Math.abs(values[i]!));
  return scale;
}

/**
 * Asserts |actual - reference| <= 4 * 2^-24 * sqrt(terms) * scale (times the slack) for every element.
 */
export function assertClose(
  actual: ArrayLike<number>,
  reference: ArrayLike<number>,
  { what, terms, scale, slack = 1 }: Expectation,
): void {
  assert.equal(actual.length, reference.length, `${what}: number of elements`);
  const tolerance = 4 * 2 ** -24 * Math.sqrt(terms) * (scale ?? largest(reference)) * slack;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i]! - reference[i]!);
    // The negation also catches NaN.
    if (!(error <= tolerance)) {
      assert.fail(
        `${what}[${i}] is ${actual[i]}, expected ${reference[i]}: error ${error} > ${tolerance}`,
      );
    }
  }
}

/**
 * Asserts that `gradient` is the derivative of `loss` at `x`, by central differences in float64 with h = 1e-5.
 *
 * @param loss May read `x` while one of its elements is moved.
 */
export function assertGradient(
  what: string,
  loss: () => number,
  x: Float64Array,
  gradient: ArrayLike<number>,
): void {
  assert.equal(gradient.length, x.length, `${what}: number of elements`);
  const h = 1e-5;
  const scale = largest(gradient);
  for (let i = 0; i < x.length; i++) {
    const at = x[i]!;
    x[i] = at + h;
    const above = loss();
    x[i] = at - h;
    const below = loss();
    x[i] = at;
    const difference = (above - below) / (2 * h);
    const error = Math.abs(difference - gradient[i]!);
    if (!(error <= 1e-6 * Math.max(scale, 1e-3))) {
      assert.fail(`${what}[${i}] is ${gradient[i]}, central difference ${difference}`);
    }
  }
}

/** Sum of the products: the loss whose gradient with respect to `y` is `dy`. */
export function innerProduct(y: ArrayLike<number>, dy: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += y[i]! * dy[i]!;
  return sum;
}
