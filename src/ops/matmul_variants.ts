/**
 * The kernels that can compute a matrix product, each with the shapes it accepts and its grid.
 *
 * @module
 */
import broadcastSource from "../../kernels/matmul_broadcast.wgsl" with { type: "text" };
import naiveSource from "../../kernels/matmul_naive.wgsl" with { type: "text" };
import registerSource from "../../kernels/matmul_register.wgsl" with { type: "text" };
import { type AdapterInfo, defineKernel, type Kernel, type Pass, type Tensor } from "../gpu/mod.ts";

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

/** One way to compute a product. All agree within rounding on what they accept. */
export interface Variant {
  /** Name in the tuning cache and in benchmarks. */
  readonly name: string;
  /** Whether it can compute this product on this adapter. */
  accepts(product: Product, adapter: AdapterInfo): boolean;
  /** Encodes the product. */
  encode(pass: Pass, product: Product): void;
}

/** Any shape, any transposes; slow. */
const naive: Variant = {
  name: "naive",
  accepts: () => true,
  encode: encodeNaive,
};

/** A small register tile; needs nothing of the adapter. */
const register: Variant = tiled("register", {
  kernel: defineKernel("matmul_register", registerSource),
  tileRows: 8,
  tileCols: 32,
  runsOn: () => true,
});

/** A large register tile for software adapters; its eight lanes have to share a subgroup. */
const broadcast: Variant = tiled("broadcast", {
  kernel: defineKernel("matmul_broadcast", broadcastSource),
  tileRows: 32,
  tileCols: 32,
  runsOn: (adapter) => adapter.subgroupSize >= 8,
});

/** Every variant, the preferred one first. */
export const VARIANTS: readonly Variant[] = [broadcast, register, naive];

/** The variant that computes a product when nothing was measured. */
export function defaultVariant(product: Product, adapter: AdapterInfo): Variant {
  return VARIANTS.find((variant) => variant.accepts(product, adapter))!;
}

/** A kernel with the entry points `forward_nt`, `forward_nn` and `forward_tn` and loads of four adjacent elements. */
interface TiledKernel {
  readonly kernel: Kernel;
  readonly tileRows: number;
  readonly tileCols: number;
  runsOn(adapter: AdapterInfo): boolean;
}

function tiled(name: string, { kernel, tileRows, tileCols, runsOn }: TiledKernel): Variant {
  return {
    name,
    accepts: (product, adapter) => loadsFours(product) && runsOn(adapter),
    encode: (pass, product) => {
      const { rows, cols, inner, transposeA, transposeB } = product;
      pass.dispatch(kernel, {
        entryPoint: transposeA ? "forward_tn" : transposeB ? "forward_nt" : "forward_nn",
        params: { ...epilogueParams(product), inner },
        bind: bindings(product),
        workgroups: [Math.ceil(cols / tileCols), Math.ceil(rows / tileRows), 1],
      });
    },
  };
}

/** Whether the contiguous axes of a, b and y are multiples of four. */
function loadsFours({ rows, cols, inner, transposeA, transposeB }: Product): boolean {
  if (transposeA && transposeB) return false;
  return cols % 4 === 0 && (transposeA ? rows : inner) % 4 === 0;
}

const naiveKernel = defineKernel("matmul_naive", naiveSource);
const NAIVE_WG = 64;

function encodeNaive(pass: Pass, product: Product): void {
  const { rows, cols, inner, transposeA, transposeB } = product;
  pass.dispatch(naiveKernel, {
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
    workgroups: Math.ceil((rows * cols) / NAIVE_WG),
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
