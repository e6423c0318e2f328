/**
 * Float64 reference of rmsnorm.
 *
 * @module
 */

/** y = x * r * gain with r = 1 / sqrt(mean(x^2) + eps). */
export function rmsnormForward(
  x: Float64Array,
  gain: Float64Array,
  eps: number,
): { y: Float64Array; r: Float64Array } {
  const cols = gain.length;
  const rows = x.length / cols;
  const y = new Float64Array(rows * cols);
  const r = new Float64Array(rows);
  for (let n = 0; n < rows; n++) {
    let square = 0;
    for (let c = 0; c < cols; c++) square += x[n * cols + c]! ** 2;
    r[n] = 1 / Math.sqrt(square / cols + eps);
    for (let c = 0; c < cols; c++) y[n * cols + c] = x[n * cols + c]! * r[n]! * gain[c]!;
  }
  return { y, r };
}

/** dx = r * (gain*dy - x * r^2 * mean(gain*dy*x)), dgain = sum over rows of dy * x * r. */
export function rmsnormBackward(
  x: Float64Array,
  gain: Float64Array,
  r: Float64Array,
  dy: Float64Array,
): { dx: Float64Array; dgain: Float64Array } {
  const cols = gain.length;
  const dx = new Float64Array(x.length);
  const dgain = new Float64Array(cols);
  for (let n = 0; n < r.length; n++) {
    let dot = 0;
    for (let c = 0; c < cols; c++) dot += gain[c]! * dy[n * cols + c]! * x[n * cols + c]!;
    for (let c = 0; c < cols; c++) {
      const i = n * cols + c;
      dx[i] = r[n]! * (gain[c]! * dy[i]! - x[i]! * r[n]! ** 2 * dot / cols);
      dgain[c]! += dy[i]! * x[i]! * r[n]!;
    }
  }
  return { dx, dgain };
}
