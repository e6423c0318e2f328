/**
 * Matrix products and the linear layer.
 *
 * Weights are stored `[outputs, inputs]`, as checkpoints store them, so the three products of a linear layer are
 * y = x W^T, dx = dy W and dW = dy^T x; none of them transposes anything in memory.
 *
 * @module
 */
import { ShapeError } from "../base/mod.ts";
import { expectShape, type Image, type Pass, type Tensor } from "../gpu/mod.ts";
import { biasBackward } from "./bias.ts";
import { encodeLinearImage } from "./linear_image.ts";
import type { Product } from "./matmul_product.ts";
import { chooseVariant } from "./matmul_variants.ts";

/** Tensors of one product. */
export interface MatmulTensors {
  /** Left factor, `[rows, inner]`, or `[inner, rows]` with `transposeA`. */
  a: Tensor;
  /** Right factor, `[inner, cols]`, or `[cols, inner]` with `transposeB`. */
  b: Tensor;
  /** Result, `[rows, cols]`; may not share a buffer with any other tensor of the call. */
  y: Tensor;
}

/** How to form the product and what to add to it. */
export interface MatmulOptions {
  /** Whether `a` is stored transposed. */
  transposeA?: boolean;
  /** Whether `b` is stored transposed. */
  transposeB?: boolean;
  /** Factor of the product; 1 by default. */
  scale?: number;
  /** Added to every row, `[cols]`. */
  bias?: Tensor;
  /** Added to the result, `[rows, cols]`. */
  residual?: Tensor;
  /** Whether to add to `y` instead of overwriting it. */
  accumulate?: boolean;
}

/**
 * Encodes y = scale * op(a) op(b) (+ bias) (+ residual) (+ y with `accumulate`).
 *
 * @param pass Compute pass to encode into; nothing runs before it is submitted.
 * @param tensors `a` and `b` are read, `y` is overwritten or accumulated.
 * @throws {ShapeError} If the shapes do not form a product.
 */
export function matmul(pass: Pass, tensors: MatmulTensors, options: MatmulOptions = {}): void {
  const product = describeProduct(tensors, options);
  chooseVariant(pass, product).encode(pass, product);
}

/** What the forward pass of a linear layer leaves behind: its inputs. */
export interface LinearSaved {
  /** Input, `[rows, inputs]`. */
  x: Tensor;
  /** Weight, `[outputs, inputs]`. */
  weight: Tensor;
  /** Added to every row, `[outputs]`. */
  bias?: Tensor;
  /** The weight as an image, which is read in its place. */
  image?: Image;
  /** The rows that are wanted, and at the end their number, u32 `[rows + 1]`; others may be left as they are. */
  live?: Tensor | undefined;
}

/**
 * Encodes y = x weight^T (+ bias) (+ residual).
 *
 * @param pass Compute pass to encode into.
 * @param saved Read only.
 * @param y Output, `[rows, outputs]`, overwritten.
 * @param options `residual` is added to the output, `[rows, outputs]`.
 * @throws {ShapeError} If the shapes disagree.
 */
export function linearForward(
  pass: Pass,
  saved: LinearSaved,
  y: Tensor,
  options: { residual?: Tensor } = {},
): void {
  const { x, weight, bias, image, live } = saved;
  if (image) {
    const terms = { ...(bias && { bias }), ...(live && { live }) };
    encodeLinearImage(pass, { x, image, ...terms, ...options }, y);
    return;
  }
  matmul(pass, { a: x, b: weight, y }, {
    ...(bias && { bias }),
    ...options,
    transposeB: true,
  });
}

/** Gradients of a linear layer. */
export interface LinearGrads {
  /** Gradient of the output, `[rows, outputs]`; read. */
  dy: Tensor;
  /** Gradient of the input, `[rows, inputs]`; overwritten, or accumulated by `accumulateDx`. Left out: not computed. */
  dx?: Tensor;
  /** Gradient of the weight, `[outputs, inputs]`; accumulated. Left out: not computed. */
  dweight?: Tensor;
  /** Gradient of the bias, `[outputs]`; accumulated. Left out: not computed. */
  dbias?: Tensor;
}

/**
 * Encodes dx (overwritten), dweight and dbias (accumulated) from dy.
 *
 *   dx       = dy weight
 *   dweight += dy^T x
 *   dbias   += sum over rows of dy
 *
 * @param pass Compute pass to encode into.
 * @param saved As given to {@linkcode linearForward}.
 * @param grads `dy` is read; the others are written.
 * @param options `accumulateDx` adds to `dx` instead of overwriting it.
 * @throws {ShapeError} If the shapes disagree.
 */
export function linearBackward(
  pass: Pass,
  saved: Pick<LinearSaved, "x" | "weight">,
  grads: LinearGrads,
  options: { accumulateDx?: boolean } = {},
): void {
  const { dy, dx, dweight, dbias } = grads;
  if (dx) {
    const accumulate = options.accumulateDx ?? false;
    matmul(pass, { a: dy, b: saved.weight, y: dx }, { accumulate });
  }
  if (dweight) {
    matmul(pass, { a: dy, b: saved.x, y: dweight }, { transposeA: true, accumulate: true });
  }
  if (dbias) biasBackward(pass, { dy, dbias });
}

/**
 * The product that some tensors form.
 *
 * @throws {ShapeError} If the shapes do not form one.
 */
export function describeProduct({ a, b, y }: MatmulTensors, options: MatmulOptions): Product {
  const { transposeA = false, transposeB = false, scale = 1, accumulate = false } = options;
  const { bias, residual } = options;
  if (y.shape.length !== 2) throw new ShapeError("matmul y", [-1, -1], y.shape);
  if (a.shape.length !== 2) throw new ShapeError("matmul a", [y.shape[0]!, -1], a.shape);
  const [rows, cols] = y.shape as [number, number];
  const inner = a.shape[transposeA ? 0 : 1]!;
  expectShape("matmul a", a, transposeA ? [inner, rows] : [rows, inner]);
  expectShape("matmul b", b, transposeB ? [cols, inner] : [inner, cols]);
  if (bias) expectShape("matmul bias", bias, [cols]);
  if (residual) expectShape("matmul residual", residual, [rows, cols]);
  return {
    ...{ a, b, y, rows, cols, inner, transposeA, transposeB, scale, accumulate },
    ...(bias && { bias }),
    ...(residual && { residual }),
  };
}
