/**
 * Float64 reference of bias.
 *
 * @module
 */

/** y + bias in every row. */
export function biasForward(y: Float64Array, bias: Float64Array): Float64Array {
  return y.map((value, i) => value + bias[i % bias.length]!);
}

/** dbias[c] = sum over rows of dy. */
export function biasBackward(dy: Float64Array, cols: number): Float64Array {
  const dbias = new Float64Array(cols);
  dy.forEach((value, i) => dbias[i % cols]! += value);
  return dbias;
}
