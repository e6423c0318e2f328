/**
 * A block of columns copied to its place in a wider matrix.
 *
 * A matrix product writes whole rows; where it is made block by block along its columns, this puts the blocks together
 * for a reader that wants a row in one piece.
 *
 * @module
 */
import { ShapeError } from "../base/mod.ts";
import source from "../../kernels/place_columns.wgsl" with { type: "text" };
import { defineKernel, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("place_columns", source);

/**
 * Encodes y[r, first + c] = x[r, c]; the other columns of y keep what they have.
 *
 * @param x The block, `[rows, cols]`.
 * @param y The whole, `[rows, width]`.
 * @param first Column of y where the block begins.
 * @throws {ShapeError} If the block does not fit.
 */
export function placeColumns(pass: Pass, x: Tensor, y: Tensor, first: number): void {
  const [rows, cols] = x.shape as [number, number];
  const width = y.shape[1]!;
  if (y.shape[0] !== rows || first + cols > width) {
    throw new ShapeError("place_columns y", [rows, Math.max(width, first + cols)], y.shape);
  }
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { rows, cols, width, first },
    bind: { x, y },
    workgroups: rows,
  });
}
