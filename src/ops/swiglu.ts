/**
 * Gated linear unit with the SiLU gate on a fused pair of projections.
 *
 * y = silu(gate) * up, Shazeer 2020 (arXiv:2002.05202), equation 5 without the projections.
 *
 * @module
 */
import source from "../../kernels/swiglu.wgsl" with { type: "text" };
import vectorSource from "../../kernels/swiglu_vec4.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const scalars = defineKernel("swiglu", source);
const vectors = defineKernel("swiglu_vec4", vectorSource);

/**
 * Encodes y from x = [gate, up].
 *
 * @param saved `x` `[rows, 2 * cols]` is read: the gate's columns, then those of the other factor.
 * @param y Output, `[rows, cols]`.
 * @throws {ShapeError} If `x` is not twice as wide as `y`.
 */
export function swigluForward(pass: Pass, saved: { x: Tensor }, y: Tensor): void {
  const { x } = saved;
  const [rows, cols] = y.shape as [number, number];
  expectShape("swiglu x", x, [rows, 2 * cols]);
  pass.dispatch(cols % 4 === 0 ? vectors : scalars, {
    entryPoint: "forward",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { rows, cols },
    bind: { x, y },
    workgroups: rows,
  });
}

/**
 * Encodes dx = [dgate, dup] from dy.
 *
 *   dgate = dy * up * s * (1 + gate * (1 - s))   dup = dy * gate * s   with s = sigmoid(gate)
 *
 * @param saved The `x` of {@linkcode swigluForward}.
 * @param grads `dy` `[rows, cols]` is read, `dx` `[rows, 2 * cols]` is overwritten.
 * @throws {ShapeError} If `x` or `dx` is not twice as wide as `dy`.
 */
export function swigluBackward(
  pass: Pass,
  saved: { x: Tensor },
  grads: { dy: Tensor; dx: Tensor },
): void {
  const { x } = saved;
  const { dy, dx } = grads;
  const [rows, cols] = dy.shape as [number, number];
  expectShape("swiglu x", x, [rows, 2 * cols]);
  expectShape("swiglu dx", dx, [rows, 2 * cols]);
  pass.dispatch(cols % 4 === 0 ? vectors : scalars, {
    entryPoint: "backward_dx",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { rows, cols },
    bind: { x, dy, dx },
    workgroups: rows,
  });
}
