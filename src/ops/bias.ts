/**
 * One value per column added to every row.
 *
 * @module
 */
import source from "../../kernels/bias.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("bias", source);
/** Invocations per workgroup of `backward_dbias`. */
const WG = 64;

/** Columns of one workgroup of `backward_dbias`, as in the kernel. */
const TILE = 8;

/**
 * Encodes y += bias for every row, in place.
 *
 * @param saved `bias` `[cols]` is read.
 * @param y `[rows, cols]`, changed in place.
 * @throws {ShapeError} If `bias` does not have `y`'s columns.
 */
export function biasForward(pass: Pass, saved: { bias: Tensor }, y: Tensor): void {
  const { bias } = saved;
  const [rows, cols] = y.shape as [number, number];
  expectShape("bias", bias, [cols]);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { rows, cols },
    bind: { bias, y },
    workgroups: rows,
  });
}

/**
 * Encodes dbias += the sum of dy over its rows; the gradient of what y was is dy itself.
 *
 * @param grads `dy` `[rows, cols]` is read, `dbias` `[cols]` is accumulated.
 * @throws {ShapeError} If `dbias` does not have `dy`'s columns.
 */
export function biasBackward(pass: Pass, grads: { dy: Tensor; dbias: Tensor }): void {
  const { dy, dbias } = grads;
  const [rows, cols] = dy.shape as [number, number];
  expectShape("dbias", dbias, [cols]);
  pass.dispatch(kernel, {
    entryPoint: "backward_dbias",
    overrides: { WG },
    params: { rows, cols },
    bind: { dy, dbias },
    workgroups: Math.ceil(cols / TILE),
  });
}
