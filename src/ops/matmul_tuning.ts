/**
 * Matrix products as problems for the tuner.
 *
 * @module
 */
import type { DType, Gpu, Problem } from "../gpu/mod.ts";
import { type Product, productKey, type ProductShape, storage } from "./matmul_product.ts";
import { VARIANTS } from "./matmul_variants.ts";

export { type ProductShape, storage, transposes } from "./matmul_product.ts";

/** A linear layer y = x W^T whose products are to come. */
export interface LayerShape {
  /** Rows of x and y. */
  readonly rows: number;
  /** Columns of x. */
  readonly inputs: number;
  /** Columns of y. */
  readonly outputs: number;
  /** Format in which x is stored; f32 by default. */
  readonly x?: DType;
  /** Format in which W is stored; f32 by default. */
  readonly weight?: DType;
}

/** Which kernels the tuner may choose. */
export interface TuningOptions {
  /** Whether also those that multiply in half precision; not by default. */
  readonly inHalf?: boolean;
}

/** The choice between the variants that accept products of this shape. */
export function matmulProblem(
  gpu: Gpu,
  shape: ProductShape,
  { inHalf = false }: TuningOptions = {},
): Problem {
  const variants = VARIANTS.filter((variant) => inHalf || !variant.inHalf);
  return {
    key: productKey(shape),
    sources: [...new Set(variants.map(({ kernel }) => kernel.source))],
    open: () => {
      const product = allocateProduct(gpu, shape);
      const accepted = variants.filter((variant) => variant.accepts(product, gpu.adapter));
      return {
        candidates: accepted.map((variant) => ({
          name: variant.name,
          encode: (pass) => variant.encode(pass, product),
        })),
        [Symbol.dispose]: () => gpu.release(product.a, product.b, product.y),
      };
    },
  };
}

/** The three products of a linear layer: y = x W^T, dx = dy W, dW = dy^T x; gradients are f32. */
export function linearProblems(
  gpu: Gpu,
  layer: LayerShape,
  options: TuningOptions = {},
): Problem[] {
  const { rows, inputs, outputs } = layer;
  const x = { dtype: layer.x ?? "f32" };
  const weight = { dtype: layer.weight ?? "f32" };
  const nn = { transposeA: false, transposeB: false };
  return [
    { ...nn, transposeB: true, rows, cols: outputs, inner: inputs, a: x, b: weight },
    { ...nn, rows, cols: inputs, inner: outputs, b: weight },
    { ...nn, transposeA: true, rows: outputs, cols: inputs, inner: rows, b: x },
  ].map((shape) => matmulProblem(gpu, shape, options));
}

/** A product of zeros, whose tensors `a`, `b` and `y` are the caller's to release. */
export function allocateProduct(gpu: Gpu, shape: ProductShape): Product {
  const { rows, cols, inner, transposeA, transposeB } = shape;
  const [left, right] = storage(shape);
  return {
    ...shape,
    a: gpu.tensor("a", transposeA ? [inner, rows] : [rows, inner], left),
    b: gpu.tensor("b", transposeB ? [cols, inner] : [inner, cols], right),
    y: gpu.tensor("y", [rows, cols]),
    scale: 1,
    accumulate: false,
  };
}
