/**
 * Float64 reference of swiglu.
 *
 * @module
 */

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** y = gate * sigmoid(gate) * up for x = [gate, up], `[rows, 2 * cols]`. */
export function swigluForward(x: Float64Array, cols: number): Float64Array {
  const y = new Float64Array(x.length / 2);
  for (let i = 0; i < y.length; i++) {
    const gate = x[i + Math.floor(i / cols) * cols]!;
    const up = x[i + Math.floor(i / cols) * cols + cols]!;
    y[i] = gate * sigmoid(gate) * up;
  }
  return y;
}

/** dgate = dy * up * s * (1 + gate * (1 - s)), dup = dy * gate * s. */
export function swigluBackward(x: Float64Array, dy: Float64Array, cols: number): Float64Array {
  const dx = new Float64Array(x.length);
  for (let i = 0; i < dy.length; i++) {
    const at = i + Math.floor(i / cols) * cols;
    const [gate, up] = [x[at]!, x[at + cols]!];
    const s = sigmoid(gate);
    dx[at] = dy[i]! * up * s * (1 + gate * (1 - s));
    dx[at + cols] = dy[i]! * gate * s;
  }
  return dx;
}
