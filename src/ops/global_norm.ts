/**
 * Euclidean norm of all gradients together, and the factor that clips it.
 *
 * Pascanu et al. 2013 (arXiv:1211.5063), algorithm 1. The order of every sum is fixed, so equal gradients give equal
 * bits.
 *
 * @module
 */
import source from "../../kernels/global_norm.wgsl" with { type: "text" };
import { defineKernel, elements, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("global_norm", source);

/** Elements of one partial sum, as in the kernel. */
const SHARE = 8192;

/** Number of partial sums of tensors of these shapes: the length of `partials`. */
export function countPartials(shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((sum, shape) => sum + Math.ceil(elements(shape) / SHARE), 0);
}

/**
 * Encodes norm = sqrt(sum of all squares) and clip = min(1, limit / norm).
 *
 * @param gradients Tensors of any shapes, read.
 * @param out `partials` `[countPartials(shapes)]`, `norm` `[1]` and `clip` `[1]`, overwritten.
 * @param limit Largest norm that is not clipped.
 * @throws {ShapeError} If a shape disagrees.
 */
export function globalNorm(
  pass: Pass,
  gradients: readonly Tensor[],
  out: { partials: Tensor; norm: Tensor; clip: Tensor },
  limit: number,
): void {
  const { partials, norm, clip } = out;
  const total = countPartials(gradients.map(({ shape }) => shape));
  expectShape("global_norm partials", partials, [total]);
  expectShape("global_norm norm", norm, [1]);
  expectShape("global_norm clip", clip, [1]);
  let first = 0;
  for (const dw of gradients) {
    const count = elements(dw.shape);
    const shares = Math.ceil(count / SHARE);
    pass.dispatch(kernel, {
      entryPoint: "square",
      overrides: { WG: rowWorkgroup(pass.adapter) },
      params: { count, first, limit },
      bind: { dw, partials },
      workgroups: shares,
    });
    first += shares;
  }
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { count: total, first: 0, limit },
    bind: { partials, norm, clip },
    workgroups: 1,
  });
}
