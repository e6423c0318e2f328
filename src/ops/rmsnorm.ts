/**
 * Root-mean-square normalisation over the last axis.
 *
 * y = gain * x / sqrt(mean(x^2) + eps), Zhang & Sennrich 2019 (arXiv:1910.07467), equation 4.
 *
 * @module
 */
import source from "../../kernels/rmsnorm.wgsl" with { type: "text" };
import vectorSource from "../../kernels/rmsnorm_vec4.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Kernel, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const scalars = defineKernel("rmsnorm", source);
const vectors = defineKernel("rmsnorm_vec4", vectorSource);

/** Columns of one workgroup of `backward_dgain`, as in the kernel. */
const TILE = 8;

/** What the forward pass leaves behind for the backward pass. */
export interface RmsnormSaved {
  /** Input, `[rows, cols]`. */
  x: Tensor;
  /** Per-channel scale, `[cols]`. */
  gain: Tensor;
  /** Reciprocal root mean square of each row, `[rows]`. */
  r: Tensor;
}

/** What varies between models and adapters. */
export interface RmsnormOptions {
  /** Added to the mean square. */
  eps?: number;
  /** Invocations per workgroup, a power of two, at least 8. */
  workgroup?: number;
}

/**
 * Encodes y and r from x and gain.
 *
 * @param pass Compute pass to encode into; nothing runs before it is submitted.
 * @param saved `x` and `gain` are read, `r` is written.
 * @param y Output, `[rows, cols]`; may not alias `x`.
 * @throws {ShapeError} If any shape disagrees with `x`.
 */
export function rmsnormForward(
  pass: Pass,
  saved: RmsnormSaved,
  y: Tensor,
  { eps = 1e-6, workgroup = rowWorkgroup(pass.adapter) }: RmsnormOptions = {},
): void {
  const { x, gain, r } = saved;
  const [rows, cols] = x.shape as [number, number];
  expectShape("rmsnorm gain", gain, [cols]);
  expectShape("rmsnorm r", r, [rows]);
  expectShape("rmsnorm y", y, [rows, cols]);
  pass.dispatch(rowKernel(cols), {
    entryPoint: "forward",
    overrides: { WG: workgroup, EPS: eps },
    params: { rows, cols },
    bind: { x, gain, y, r },
    workgroups: rows,
  });
}

/**
 * Encodes dx (overwritten) and dgain (accumulated) from dy.
 *
 *   dx     = r * (gain*dy - x * r^2 * mean(gain*dy*x))
 *   dgain += sum over rows of dy * x * r
 *
 * @param pass Compute pass to encode into.
 * @param saved As filled by {@linkcode rmsnormForward} on the same input.
 * @param grads Gradients of the loss: `dy` is read, `dx` and `dgain` are written.
 * @throws {ShapeError} If any shape disagrees with `x`.
 */
export function rmsnormBackward(
  pass: Pass,
  saved: RmsnormSaved,
  grads: { dy: Tensor; dx: Tensor; dgain: Tensor },
  { workgroup = rowWorkgroup(pass.adapter) }: Pick<RmsnormOptions, "workgroup"> = {},
): void {
  const { x, gain, r } = saved;
  const { dy, dx, dgain } = grads;
  const [rows, cols] = x.shape as [number, number];
  expectShape("rmsnorm dy", dy, [rows, cols]);
  expectShape("rmsnorm dx", dx, [rows, cols]);
  expectShape("rmsnorm dgain", dgain, [cols]);
  const params = { rows, cols };
  pass.dispatch(rowKernel(cols), {
    entryPoint: "backward_dx",
    overrides: { WG: workgroup },
    params,
    bind: { x, gain, r, dy, dx },
    workgroups: rows,
  });
  pass.dispatch(scalars, {
    entryPoint: "backward_dgain",
    overrides: { WG: Math.max(workgroup, 64) },
    params,
    bind: { x, r, dy, dgain },
    workgroups: Math.ceil(cols / TILE),
  });
}

function rowKernel(cols: number): Kernel {
  return cols % 4 === 0 ? vectors : scalars;
}
