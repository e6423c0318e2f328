/**
 * One vector of length 1 per segment of rows: their mean, or the last of them.
 *
 * @module
 */
import source from "../../kernels/pool.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("pool", source);

/** Which vector stands for a segment. */
export type Pooling = "mean" | "last";

/**
 * Encodes y[s] = m / |m| for the mean or the last row m of each segment; zero where m is zero.
 *
 * @param input `x` `[rows, cols]`, and `bounds` u32 `[segments, 2]` = (start, end) with start < end.
 * @param y Output, `[segments, cols]`.
 * @throws {ShapeError} If a shape disagrees.
 */
export function pool(
  pass: Pass,
  input: { x: Tensor; bounds: Tensor },
  y: Tensor,
  pooling: Pooling,
): void {
  const { x, bounds } = input;
  const cols = x.shape[1]!;
  const segments = bounds.shape[0]!;
  expectShape("pool bounds", bounds, [segments, 2]);
  expectShape("pool y", y, [segments, cols]);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { segments, cols, last: pooling === "last" ? 1 : 0 },
    bind: { x, bounds, y },
    workgroups: segments,
  });
}
