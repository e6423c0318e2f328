/**
 * The rows that predict something, in pair order.
 *
 * A row may serve several pairs (a prompt's last token predicts the first token of each of its completions), so the
 * backward pass sums a row's pairs.
 *
 * @module
 */
import source from "../../kernels/gather_rows.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("gather_rows", source);

/**
 * Encodes y[p] = x[row[p]].
 *
 * @param saved `x` `[rows, cols]` and `row` u32 `[pairs]` are read.
 * @param y Output, `[pairs, cols]`.
 * @throws {ShapeError} If a shape disagrees.
 */
export function gatherRowsForward(pass: Pass, saved: { x: Tensor; row: Tensor }, y: Tensor): void {
  const { x, row } = saved;
  const [rows, cols] = x.shape as [number, number];
  const [pairs] = row.shape as [number];
  expectShape("gather_rows y", y, [pairs, cols]);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { rows, cols, pairs },
    bind: { x, row, y },
    workgroups: pairs,
  });
}

/**
 * Encodes dx[t] = the sum of dy over the pairs of row t; a row without pairs gets zero.
 *
 * @param saved `start` u32 `[rows + 1]`: the pairs of row t are `[start[t], start[t + 1])`.
 * @param grads `dy` `[pairs, cols]` is read, `dx` `[rows, cols]` is overwritten.
 * @throws {ShapeError} If a shape disagrees.
 */
export function gatherRowsBackward(
  pass: Pass,
  saved: { start: Tensor },
  grads: { dy: Tensor; dx: Tensor },
): void {
  const { start } = saved;
  const { dy, dx } = grads;
  const [rows, cols] = dx.shape as [number, number];
  const [pairs] = dy.shape as [number];
  expectShape("gather_rows start", start, [rows + 1]);
  expectShape("gather_rows dy", dy, [pairs, cols]);
  pass.dispatch(kernel, {
    entryPoint: "backward_dx",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { rows, cols, pairs },
    bind: { start, dy, dx },
    workgroups: rows,
  });
}
