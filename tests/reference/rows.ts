/**
 * Float64 reference of embedding and gather_rows: rows by index, and the sum of their gradients.
 *
 * @module
 */

/** y[i] = x[index[i]]. */
export function rowsForward(x: Float64Array, index: Uint32Array, cols: number): Float64Array {
  const y = new Float64Array(index.length * cols);
  index.forEach((row, i) => y.set(x.subarray(row * cols, (row + 1) * cols), i * cols));
  return y;
}

/** dx[row] = sum of dy[i] over index[i] = row. */
export function rowsBackward(
  dy: Float64Array,
  index: Uint32Array,
  shape: { rows: number; cols: number },
): Float64Array {
  const { rows, cols } = shape;
  const dx = new Float64Array(rows * cols);
  index.forEach((row, i) => {
    for (let c = 0; c < cols; c++) dx[row * cols + c]! += dy[i * cols + c]!;
  });
  return dx;
}
