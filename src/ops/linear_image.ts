/**
 * The linear layer with its weight in an image, for software adapters.
 *
 * @module
 */
import source from "../../kernels/linear_image.wgsl" with { type: "text" };
import {
  type AdapterInfo,
  defineKernel,
  expectShape,
  type Image,
  imageFits,
  type Pass,
  type Tensor,
} from "../gpu/mod.ts";

const kernel = defineKernel("linear_image", source);

/** Lanes that share a tile. */
const LANES = 8;
/** Rows of a tile, and its columns without a gate. */
const TILE = 32;

/** A norm of the rows of `x` on their way into a product: x * gain / sqrt(mean(x^2) + eps). */
export interface RowNorm {
  /** Factor of each column, `[inputs]`. */
  readonly gain: Tensor;
  /** Added to the mean square. */
  readonly eps: number;
}

/** What the layer reads. */
export interface LinearImageInput {
  /** Input, `[rows, inputs]`. */
  readonly x: Tensor;
  /** Weight, `[outputs, inputs]`; with a gate `[2 * outputs, inputs]`, the gate's rows before the others. */
  readonly image: Image;
  /** Added to every row, `[outputs]`. */
  readonly bias?: Tensor;
  /** Added to the output, `[rows, outputs]`. */
  readonly residual?: Tensor;
  /** By which `x` is normalised first. */
  readonly norm?: RowNorm;
}

/** Whether a weight, `[outputs, inputs]`, is read faster as an image. */
export function readsImages(adapter: AdapterInfo, shape: readonly number[]): boolean {
  return adapter.software && adapter.subgroupSize >= LANES && shape[0]! % 4 === 0 &&
    imageFits(adapter, shape);
}

/**
 * Encodes y = x weight^T (+ bias) (+ residual), without a norm the same bits as the default kernel of software adapters
 * makes.
 *
 * @param y Output, `[rows, outputs]`, overwritten.
 * @throws {ShapeError} If the shapes disagree.
 */
export function encodeLinearImage(pass: Pass, input: LinearImageInput, y: Tensor): void {
  const { x, image, bias, residual, norm } = input;
  const [rows, inner] = x.shape as [number, number];
  const cols = image.shape[0]!;
  expectShape("linear image", image, [cols, inner]);
  expectShape("linear y", y, [rows, cols]);
  if (bias) expectShape("linear bias", bias, [cols]);
  if (residual) expectShape("linear residual", residual, [rows, cols]);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    ...normOverrides(norm),
    params: {
      rows,
      cols,
      inner,
      add_bias: Number(bias !== undefined),
      add_residual: Number(residual !== undefined),
    },
    bind: { x, w: image, bias: bias ?? x, residual: residual ?? x, gain: norm?.gain ?? x, y },
    workgroups: [Math.ceil(cols / TILE), Math.ceil(rows / TILE), 1],
  });
}

/**
 * Encodes y = silu(gate) * up with [gate, up] = x weight^T (Shazeer 2020, arXiv:2002.05202, equation 5).
 *
 * @param input Neither bias nor residual is added.
 * @param y Output, `[rows, outputs]`, overwritten; `outputs` is half of the weight's rows.
 * @throws {ShapeError} If the shapes disagree.
 */
export function encodeGatedLinearImage(
  pass: Pass,
  { x, image, norm }: Pick<LinearImageInput, "x" | "image" | "norm">,
  y: Tensor,
): void {
  const [rows, inner] = x.shape as [number, number];
  const cols = y.shape[1]!;
  expectShape("gated linear image", image, [2 * cols, inner]);
  expectShape("gated linear y", y, [rows, cols]);
  pass.dispatch(kernel, {
    entryPoint: "forward_gated",
    ...normOverrides(norm),
    params: { rows, cols, inner, add_bias: 0, add_residual: 0 },
    bind: { x, w: image, gain: norm?.gain ?? x, y },
    workgroups: [Math.ceil(cols / (TILE / 2)), Math.ceil(rows / TILE), 1],
  });
}

function normOverrides(norm: RowNorm | undefined): { overrides: Record<string, number> } {
  return { overrides: norm ? { NORMED: 1, EPS: norm.eps } : {} };
}
