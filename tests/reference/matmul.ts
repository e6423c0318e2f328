/**
 * Matrix products in float64, as plain loops: the specification of the matmul kernels.
 *
 * @module
 */

/** Shapes and terms of one product. */
export interface MatmulReference {
  /** Rows of the result. */
  rows: number;
  /** Columns of the result. */
  cols: number;
  /** Terms of each sum. */
  inner: number;
  /** Whether `a` is stored `[inner, rows]` instead of `[rows, inner]`. */
  transposeA?: boolean;
  /** Whether `b` is stored `[cols, inner]` instead of `[inner, cols]`. */
  transposeB?: boolean;
  /** Factor of the sum. */
  scale?: number;
  /** Added to every row, `[cols]`. */
  bias?: ArrayLike<number>;
  /** Added to the result, `[rows, cols]`. */
  residual?: ArrayLike<number>;
}

/** y[r,c] = scale * sum_i opa(a)[r,i] * opb(b)[i,c] + bias[c] + residual[r,c] */
export function matmulReference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  product: MatmulReference,
): Float64Array {
  const { rows, cols, inner, transposeA, transposeB, scale = 1, bias, residual } = product;
  const y = new Float64Array(rows * cols);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      let sum = 0;
      for (let i = 0; i < inner; i++) {
        const left = transposeA ? a[i * rows + r]! : a[r * inner + i]!;
        const right = transposeB ? b[c * inner + i]! : b[i * cols + c]!;
        sum += left * right;
      }
      y[r * cols + c] = scale * sum + (bias?.[c] ?? 0) + (residual?.[r * cols + c] ?? 0);
    }
  }
  return y;
}

/** Sizes of a linear layer. */
export interface LinearShape {
  /** Rows of the input. */
  rows: number;
  /** Columns of the input. */
  inputs: number;
  /** Columns of the output. */
  outputs: number;
}

/** y[r,o] = sum_i x[r,i] * weight[o,i] + bias[o] */
export function linearForwardReference(
  { x, weight, bias }: Record<"x" | "weight" | "bias", ArrayLike<number>>,
  { rows, inputs, outputs }: LinearShape,
): Float64Array {
  return matmulReference(x, weight, {
    rows,
    cols: outputs,
    inner: inputs,
    transposeB: true,
    bias,
  });
}

/** dx = dy weight; dweight = dy^T x; dbias[o] = sum_r dy[r,o] */
export function linearBackwardReference(
  { x, weight, dy }: Record<"x" | "weight" | "dy", ArrayLike<number>>,
  { rows, inputs, outputs }: LinearShape,
): Record<"dx" | "dweight" | "dbias", Float64Array> {
  const dx = new Float64Array(rows * inputs);
  const dweight = new Float64Array(outputs * inputs);
  const dbias = new Float64Array(outputs);
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const d = dy[r * outputs + o]!;
      dbias[o]! += d;
      for (let i = 0; i < inputs; i++) {
        dx[r * inputs + i]! += d * weight[o * inputs + i]!;
        dweight[o * inputs + i]! += d * x[r * inputs + i]!;
      }
    }
  }
  return { dx, dweight, dbias };
}
