/**
 * The kernels that can compute a matrix product, each with the shapes it accepts and its grid.
 *
 * @module
 */
import naiveSource from "../../kernels/matmul_naive.wgsl" with { type: "text" };
import registerSource from "../../kernels/matmul_register.wgsl" with { type: "text" };
import { defineKernel, type Pass, type Tensor } from "../gpu/mod.ts";

const naive = defineKernel("matmul_naive", naiveSource);
const register = defineKernel("matmul_register", registerSource);

/** Invocations per workgroup of the naive kernel. */
const NAIVE_WG = 64;
/** Invocations per workgroup of the register kernel: the lanes of a 256-bit vector unit. */
const REGISTER_WG = 8;
/** TILE_ROWS of the register kernel. */
const REGISTER_ROWS = 8;

/** One checked product: y = scale * op(a) op(b) (+ bias) (+ residual) (+ y). */
export interface Product {
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
  /** Factor of the sum. */
  readonly scale: number;
  /** Whether to add to `y`. */
  readonly accumulate: boolean;
}

/** Encodes a product of any shape; slow. */
export function encodeNaive(pass: Pass, product: Product): void {
  const { rows, cols, inner, transposeA, transposeB } = product;
  pass.dispatch(naive, {
    entryPoint: "forward",
    overrides: { WG: NAIVE_WG },
    params: {
      ...epilogueParams(product),
      inner,
      a_row: transposeA ? 1 : inner,
      a_inner: transposeA ? rows : 1,
      b_inner: transposeB ? 1 : cols,
      b_col: transposeB ? inner : 1,
    },
    bind: bindings(product),
    workgroups: Math.ceil(rows * cols / NAIVE_WG),
  });
}

/** Whether the register kernel accepts a product: its loads are vectors of four. */
export function fitsRegister(product: Product): boolean {
  const { rows, cols, inner, transposeA, transposeB } = product;
  if (transposeA && transposeB) return false;
  return cols % 4 === 0 && (transposeA ? rows : inner) % 4 === 0;
}

/** Encodes a product that {@linkcode fitsRegister} accepts. */
export function encodeRegister(pass: Pass, product: Product): void {
  const { rows, cols, inner, transposeA, transposeB } = product;
  pass.dispatch(register, {
    entryPoint: transposeA ? "forward_tn" : transposeB ? "forward_nt" : "forward_nn",
    overrides: { WG: REGISTER_WG },
    params: { ...epilogueParams(product), inner },
    bind: bindings(product),
    workgroups: [Math.ceil(cols / (4 * REGISTER_WG)), Math.ceil(rows / REGISTER_ROWS), 1],
  });
}

function epilogueParams(product: Product): Record<string, number> {
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
function bindings({ a, b, y, bias, residual }: Product): Record<string, Tensor> {
  return { a, b, bias: bias ?? b, residual: residual ?? a, y };
}
