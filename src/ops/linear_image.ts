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
/** Rows of a tile, and its columns. */
const TILE = 32;

/** What the layer reads. */
export interface LinearImageInput {
  /** Input, `[rows, inputs]`. */
  readonly x: Tensor;
  /** Weight, `[outputs, inputs]`. */
  readonly image: Image;
  /** Added to every row, `[outputs]`. */
  readonly bias?: Tensor;
  /** Added to the output, `[rows, outputs]`. */
  readonly residual?: Tensor;
  /** The rows that are wanted, and at the end their number, u32 `[rows + 1]`; all without it. */
  readonly live?: Tensor;
}

/** Whether a weight, `[outputs, inputs]`, is read faster as an image. */
export function readsImages(adapter: AdapterInfo, shape: readonly number[]): boolean {
  return adapter.software && adapter.subgroupSize >= LANES && shape[0]! % 4 === 0 &&
    imageFits(adapter, shape);
}

/**
 * Encodes y = x weight^T (+ bias) (+ residual): the same bits as the default kernel of software adapters makes.
 *
 * @param y Output, `[rows, outputs]`, overwritten but for rows that are not wanted.
 * @throws {ShapeError} If the shapes disagree.
 */
export function encodeLinearImage(pass: Pass, input: LinearImageInput, y: Tensor): void {
  const { x, image, bias, residual, live } = input;
  const [rows, inner] = x.shape as [number, number];
  const cols = image.shape[0]!;
  expectShape("linear image", image, [cols, inner]);
  expectShape("linear y", y, [rows, cols]);
  if (bias) expectShape("linear bias", bias, [cols]);
  if (residual) expectShape("linear residual", residual, [rows, cols]);
  if (live) expectShape("linear live", live, [rows + 1]);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: live ? { LISTED: 1 } : {},
    params: {
      rows,
      cols,
      inner,
      add_bias: Number(bias !== undefined),
      add_residual: Number(residual !== undefined),
    },
    bind: { x, w: image, bias: bias ?? x, residual: residual ?? x, live: live ?? x, y },
    workgroups: [Math.ceil(cols / TILE), Math.ceil(rows / TILE), 1],
  });
}
