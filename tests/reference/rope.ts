/**
 * Float64 reference of rotary position embedding.
 *
 * @module
 */

/** Turns the pairs (x[i], x[i + dim/2]) of every head by position * theta^(-2i/dim), times `direction`. */
export function rope(
  x: Float64Array,
  position: Uint32Array,
  { dim, theta, direction = 1 }: { dim: number; theta: number; direction?: 1 | -1 },
): Float64Array {
  const y = new Float64Array(x.length);
  const width = x.length / position.length;
  for (let n = 0; n < position.length; n++) {
    for (let head = n * width; head < (n + 1) * width; head += dim) {
      for (let i = 0; i < dim / 2; i++) {
        const angle = direction * position[n]! * theta ** (-2 * i / dim);
        const [a, b] = [x[head + i]!, x[head + i + dim / 2]!];
        y[head + i] = a * Math.cos(angle) - b * Math.sin(angle);
        y[head + i + dim / 2] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
  }
  return y;
}
