/**
 * Matrix products: what one is, the class of shapes that it belongs to, and what the kernels' dispatches have in common.
 *
 * @module
 */
import type { DType, Kernel, Pass, Tensor } from "../gpu/mod.ts";

/** Sizes, transposes and storage of a product. */
export interface ProductShape {
  /** Rows of the result. */
  readonly rows: number;
  /** Columns of the result. */
  readonly cols: number;
  /** Terms of each sum. */
  readonly inner: number;
  /** Whether `a` is stored `[inner, rows]`. */
  readonly transposeA: boolean;
  /** Whether `b` is stored `[cols, inner]`. */
  readonly transposeB: boolean;
  /** Storage of the left factor; f32 by default. */
  readonly a?: Stored;
  /** Storage of the right factor; f32 by default. */
  readonly b?: Stored;
}

/** How a factor's numbers are stored: as `f32` or as halves (`f16`). */
export type Stored = Pick<Tensor, "dtype">;

/** One checked product: y = scale * op(a) op(b) (+ bias) (+ residual) (+ y). */
export interface Product extends ProductShape {
  /** Left factor. */
  readonly a: Tensor;
  /** Right factor. */
  readonly b: Tensor;
  /** Result, `[rows, cols]`. */
  readonly y: Tensor;
  /** Added to every row, `[cols]`. */
  readonly bias?: Tensor;
  /** Added to the result, `[rows, cols]`. */
  readonly residual?: Tensor;
  /** Factor of the sum. */
  readonly scale: number;
  /** Whether to add to `y`. */
  readonly accumulate: boolean;
}

/** A dispatch of one workgroup per tile of `[rows, cols]`. */
export interface TiledCall {
  /** The kernel. */
  readonly kernel: Kernel;
  /** Which of its entry points. */
  readonly entryPoint: string;
  /** Pipeline constants by name. */
  readonly overrides: Readonly<Record<string, number>>;
  /** Rows and columns of a tile. */
  readonly tile: readonly [number, number];
}

/**
 * Key of a product's class of shapes: its transposes, the storage of its factors and the sizes, each rounded up to a power
 * of two, such as `matmul/nt/f16*f16/12/8/7`.
 */
export function productKey(shape: ProductShape): string {
  const sizes = [shape.rows, shape.cols, shape.inner].map((size) => Math.ceil(Math.log2(size)));
  const [left, right] = storage(shape);
  return `matmul/${transposes(shape)}/${left}*${right}/${sizes.join("/")}`;
}

/** Formats of both factors. */
export function storage({ a, b }: ProductShape): [DType, DType] {
  return [a?.dtype ?? "f32", b?.dtype ?? "f32"];
}

/** `nt` where `b` alone is stored transposed, and so on. */
export function transposes({ transposeA, transposeB }: ProductShape): string {
  return `${transposeA ? "t" : "n"}${transposeB ? "t" : "n"}`;
}

/** Encodes a product by a kernel that knows nothing but sizes and what is to be added. */
export function encodeTiled(pass: Pass, product: Product, call: TiledCall): void {
  const { kernel, entryPoint, overrides, tile: [tileRows, tileCols] } = call;
  const { rows, cols, inner } = product;
  pass.dispatch(kernel, {
    entryPoint,
    overrides,
    params: { ...epilogueParams(product), inner },
    bind: bindings(product),
    workgroups: [Math.ceil(cols / tileCols), Math.ceil(rows / tileRows), 1],
  });
}

/** Scalars of `Params` that all kernels have. */
export function epilogueParams(product: Product): Record<string, number> {
  const { rows, cols, scale, bias, residual, accumulate } = product;
  return {
    rows,
    cols,
    add_bias: Number(bias !== undefined),
    add_residual: Number(residual !== undefined),
    accumulate: Number(accumulate),
    scale,
  };
}

/** A term that is not added is bound to a factor, which the kernel then does not read there. */
export function bindings({ a, b, y, bias, residual }: Product): Record<string, Tensor> {
  return { a, b, bias: bias ?? b, residual: residual ?? a, y };
}

/** Overrides of kernels that read either transpose. */
export function transposeOverrides({ transposeA, transposeB }: Product): Record<string, number> {
  return { TRANSPOSE_A: Number(transposeA), TRANSPOSE_B: Number(transposeB) };
}

/** Overrides of kernels that read f32 or halves. */
export function halfOverrides({ a, b }: Product): Record<string, number> {
  return { A_IS_HALF: Number(a.dtype === "f16"), B_IS_HALF: Number(b.dtype === "f16") };
}
