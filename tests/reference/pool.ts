/**
 * Float64 reference of pool.
 *
 * @module
 */

/** y[s] = m / |m| with m the mean of the rows [start, end), or the last of them. */
export function pool(
  x: Float64Array,
  bounds: readonly (readonly [number, number])[],
  { cols, pooling }: { cols: number; pooling: "mean" | "last" },
): Float64Array {
  const y = new Float64Array(bounds.length * cols);
  bounds.forEach(([start, end], s) => {
    const m = new Float64Array(cols);
    for (let n = pooling === "last" ? end - 1 : start; n < end; n++) {
      for (let c = 0; c < cols; c++) m[c]! += x[n * cols + c]!;
    }
    const length = Math.hypot(...m);
    for (let c = 0; c < cols; c++) y[s * cols + c] = length === 0 ? 0 : m[c]! / length;
  });
  return y;
}
