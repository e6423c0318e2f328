/**
 * Root-mean-square normalisation over the last axis.
 *
 * y = gain * x / sqrt(mean(x^2) + eps), Zhang & Sennrich 2019 (arXiv:1910.07467), equation 4.
 *
 * @module
 */
import source from "../../kernels/rmsnorm.wgsl" with { type: "text" };
import rowsSource from "../../kernels/rmsnorm_rows.wgsl" with { type: "text" };
import { type AdapterInfo, defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";

const kernel = defineKernel("rmsnorm", source);
const rowsKernel = defineKernel("rmsnorm_rows", rowsSource);

/** Columns of one workgroup of `backward_dgain`, as in the kernel. */
const TILE = 8;
/** Rows of one workgroup of the kernel that gives each to one invocation. */
const ROWS = 8;
/** Invocations of a workgroup that share a row, or the rows of a few columns. */
const WG = 64;

/** What the forward pass leaves behind for the backward pass. */
export interface RmsnormSaved {
  /** Input, `[rows, cols]`. */
  x: Tensor;
  /** Per-channel scale, `[cols]`. */
  gain: Tensor;
  /** Reciprocal root mean square of each row, `[rows]`. */
  r: Tensor;
}

/** The norm of the rows that another op reads: x * gain / sqrt(mean(x^2) + eps). */
export interface RowNorm {
  /** Per-channel scale, `[cols]`. */
  readonly gain: Tensor;
  /** Added to the mean square. */
  readonly eps: number;
}

/** What varies between models and adapters. */
export interface RmsnormOptions {
  /** Added to the mean square. */
  eps?: number;
  /**
   * Invocations per workgroup, a power of two, at least 8. By default the adapter decides, and a software adapter gives
   * each row to one invocation.
   */
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
  { eps = 1e-6, workgroup }: RmsnormOptions = {},
): void {
  const { x, gain, r } = saved;
  const [rows, cols] = x.shape as [number, number];
  expectShape("rmsnorm gain", gain, [cols]);
  expectShape("rmsnorm r", r, [rows]);
  expectShape("rmsnorm y", y, [rows, cols]);
  const plan = planRows(pass.adapter, [rows, cols], workgroup);
  pass.dispatch(plan.kernel, {
    entryPoint: "forward",
    overrides: { WG: plan.workgroup, EPS: eps },
    params: { rows, cols },
    bind: { x, gain, y, r },
    workgroups: plan.workgroups,
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
  { workgroup }: Pick<RmsnormOptions, "workgroup"> = {},
): void {
  const { x, gain, r } = saved;
  const { dy, dx, dgain } = grads;
  const [rows, cols] = x.shape as [number, number];
  expectShape("rmsnorm dy", dy, [rows, cols]);
  expectShape("rmsnorm dx", dx, [rows, cols]);
  expectShape("rmsnorm dgain", dgain, [cols]);
  const params = { rows, cols };
  const plan = planRows(pass.adapter, [rows, cols], workgroup);
  pass.dispatch(plan.kernel, {
    entryPoint: "backward_dx",
    overrides: { WG: plan.workgroup },
    params,
    bind: { x, gain, r, dy, dx },
    workgroups: plan.workgroups,
  });
  pass.dispatch(kernel, {
    entryPoint: "backward_dgain",
    overrides: { WG: workgroup ?? WG },
    params,
    bind: { x, r, dy, dgain },
    workgroups: Math.ceil(cols / TILE),
  });
}

/** Which kernel goes over the rows, and its grid. */
function planRows(adapter: AdapterInfo, [rows, cols]: [number, number], workgroup?: number) {
  if (adapter.software && workgroup === undefined && cols % 4 === 0) {
    return { kernel: rowsKernel, workgroup: ROWS, workgroups: Math.ceil(rows / ROWS) };
  }
  return { kernel, workgroup: workgroup ?? WG, workgroups: rows };
}
