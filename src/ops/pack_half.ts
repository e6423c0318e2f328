/**
 * Numbers rounded to half precision, for products that read their inputs as halves.
 *
 * @module
 */
import source from "../../kernels/pack_half.wgsl" with { type: "text" };
import { ShapeError } from "../base/mod.ts";
import {
  defineKernel,
  elements,
  expectShape,
  type Pass,
  rowBlocks,
  type Tensor,
} from "../gpu/mod.ts";

const kernel = defineKernel("pack_half", source);
const WG = 64;
const SHARE = 4;

/**
 * Encodes y = x rounded to halves; a number beyond their range becomes the largest of its sign.
 *
 * @param x F32; may be in blocks.
 * @param y F16, of the same shape and blocks, overwritten.
 * @throws {ShapeError} If the shapes differ or the last axis is not a multiple of four.
 */
export function packHalf(pass: Pass, x: Tensor, y: Tensor): void {
  expectShape("pack_half y", y, x.shape);
  const last = x.shape.at(-1)!;
  if (last % 4 !== 0) throw new ShapeError("pack_half x", [Math.ceil(last / 4) * 4], [last]);
  const goals = rowBlocks(y);
  rowBlocks(x).forEach(({ tensor }, i) => {
    const fours = elements(tensor.shape) / 4;
    pass.dispatch(kernel, {
      entryPoint: "forward",
      overrides: { WG, SHARE },
      params: { fours },
      bind: { x: tensor, y: goals[i]!.tensor },
      workgroups: Math.ceil(fours / (WG * SHARE)),
    });
  });
}
