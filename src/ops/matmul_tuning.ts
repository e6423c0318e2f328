/**
 * Matrix products as problems for the tuner.
 *
 * @module
 */
import type { Gpu, Problem } from "../gpu/mod.ts";
import { type Product, productKey, VARIANT_SOURCES, VARIANTS } from "./matmul_variants.ts";

/** Sizes and transposes of a product. */
export type ProductShape = Pick<
  Product,
  "rows" | "cols" | "inner" | "transposeA" | "transposeB"
>;

/** The choice between the variants that accept products of this shape. */
export function matmulProblem(gpu: Gpu, shape: ProductShape): Problem {
  return {
    key: productKey(shape),
    sources: VARIANT_SOURCES,
    open: () => {
      const product = allocate(gpu, shape);
      const accepted = VARIANTS.filter((variant) => variant.accepts(product, gpu.adapter));
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

/** The three products of a linear layer: y = x W^T, dx = dy W, dW = dy^T x. */
export function linearProblems(
  gpu: Gpu,
  layer: { rows: number; inputs: number; outputs: number },
): Problem[] {
  const { rows, inputs, outputs } = layer;
  const nn = { transposeA: false, transposeB: false };
  return [
    { ...nn, transposeB: true, rows, cols: outputs, inner: inputs },
    { ...nn, rows, cols: inputs, inner: outputs },
    { ...nn, transposeA: true, rows: outputs, cols: inputs, inner: rows },
  ].map((shape) => matmulProblem(gpu, shape));
}

function allocate(gpu: Gpu, shape: ProductShape): Product {
  const { rows, cols, inner, transposeA, transposeB } = shape;
  return {
    ...shape,
    a: gpu.tensor("tuned a", transposeA ? [inner, rows] : [rows, inner]),
    b: gpu.tensor("tuned b", transposeB ? [cols, inner] : [inner, cols]),
    y: gpu.tensor("tuned y", [rows, cols]),
    scale: 1,
    accumulate: false,
  };
}
