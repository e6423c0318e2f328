/**
 * The kernels that can compute a matrix product, each with the shapes it accepts and its grid.
 *
 * @module
 */
import broadcastSource from "../../kernels/matmul_broadcast.wgsl" with { type: "text" };
import naiveSource from "../../kernels/matmul_naive.wgsl" with { type: "text" };
import quadSource from "../../kernels/matmul_quad.wgsl" with { type: "text" };
import matrixSource from "../../kernels/matmul_subgroup_matrix.wgsl" with { type: "text" };
import registerSource from "../../kernels/matmul_register.wgsl" with { type: "text" };
import workgroupSource from "../../kernels/matmul_workgroup.wgsl" with { type: "text" };
import { ShapeError } from "../base/mod.ts";
import {
  type AdapterInfo,
  byteLength,
  defineKernel,
  type Kernel,
  type Pass,
  type Tensor,
} from "../gpu/mod.ts";

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

const broadcastKernel = defineKernel("matmul_broadcast", broadcastSource);
const matrixKernel = defineKernel("matmul_subgroup_matrix", matrixSource);
const naiveKernel = defineKernel("matmul_naive", naiveSource);
const quadKernel = defineKernel("matmul_quad", quadSource);
const registerKernel = defineKernel("matmul_register", registerSource);
const workgroupKernel = defineKernel("matmul_workgroup", workgroupSource);

const NAIVE_WG = 64;

/** Second-level cache of a CPU's core, above which the broadcast kernel walks down y instead of along it. */
const CACHE_BYTES = 2 ** 20;

/** Any shape, any transposes; slow. */
const naive: Variant = {
  name: "naive",
  accepts: (product) => !readsHalves(product),
  encode: encodeNaive,
};

/** A small register tile; needs nothing of the adapter. */
const register: Variant = {
  name: "register",
  accepts: (product) =>
    loadsFours(product) && !readsHalves(product) && !(product.transposeA && product.transposeB),
  encode: (pass, product) =>
    encodeTiled(pass, product, {
      kernel: registerKernel,
      entryPoint: `forward_${transposes(product)}`,
      overrides: {},
      tile: [8, 32],
    }),
};

/** A large register tile for software adapters; its eight lanes have to share a subgroup. */
const broadcast: Variant = {
  name: "broadcast",
  accepts: (product, adapter) => register.accepts(product, adapter) && adapter.subgroupSize >= 8,
  encode: (pass, product) => {
    const { rows, cols, inner } = product;
    const downFirst = byteLength(product.b) > CACHE_BYTES;
    const [across, down] = [Math.ceil(cols / 32), Math.ceil(rows / 32)];
    pass.dispatch(broadcastKernel, {
      entryPoint: `forward_${transposes(product)}`,
      params: { ...epilogueParams(product), inner, down_first: Number(downFirst) },
      bind: bindings(product),
      workgroups: downFirst ? [down, across, 1] : [across, down, 1],
    });
  },
};

/** A tile as large as four lanes with few registers hold; the lanes have to share a subgroup. */
const quad: Variant = {
  name: "quad",
  accepts: (product, adapter) => register.accepts(product, adapter) && adapter.subgroupSize >= 4,
  encode: (pass, product) =>
    encodeTiled(pass, product, {
      kernel: quadKernel,
      entryPoint: `forward_${transposes(product)}`,
      overrides: {},
      tile: [8, 16],
    }),
};

/** Tiles in workgroup memory, for GPUs. */
function workgroup(side: 8 | 16): Variant {
  return {
    name: `workgroup${8 * side}`,
    accepts: (product, adapter) => loadsFours(product) && adapter.workgroupBytes >= 128 * side ** 2,
    encode: (pass, product) =>
      encodeTiled(pass, product, {
        kernel: workgroupKernel,
        entryPoint: "forward",
        overrides: {
          SIDE: side,
          TRANSPOSE_A: Number(product.transposeA),
          TRANSPOSE_B: Number(product.transposeB),
          A_IS_HALF: Number(product.a.dtype === "f16"),
          B_IS_HALF: Number(product.b.dtype === "f16"),
        },
        tile: [8 * side, 8 * side],
      }),
  };
}

/** Matrices in subgroups, where the adapter multiplies F32 ones. */
const subgroupMatrix: Variant = {
  name: "subgroup_matrix",
  accepts: (product, adapter) =>
    adapter.matrices.includes("f32*f32+f32 8x8x8") && !readsHalves(product) &&
    Math.min(product.rows, product.cols) >= 32 && product.inner % 8 === 0 &&
    !(product.transposeA && product.transposeB),
  encode: (pass, product) =>
    encodeTiled(pass, product, {
      kernel: matrixKernel,
      entryPoint: `forward_${transposes(product)}`,
      overrides: { WG: pass.adapter.maxSubgroupSize },
      tile: [32, 32],
    }),
};

const workgroup64 = workgroup(8);
const workgroup128 = workgroup(16);

/** Every variant. */
export const VARIANTS: readonly Variant[] = [
  broadcast,
  quad,
  register,
  subgroupMatrix,
  workgroup64,
  workgroup128,
  naive,
];

/** Their kernels. */
export const VARIANT_SOURCES: readonly string[] = [
  broadcastSource,
  matrixSource,
  naiveSource,
  quadSource,
  registerSource,
  workgroupSource,
];

/** Key of a product's class of shapes: its transposes and the sizes, each rounded up to a power of two. */
export function productKey(
  product: Pick<Product, "rows" | "cols" | "inner" | "transposeA" | "transposeB">,
): string {
  const sizes = [product.rows, product.cols, product.inner];
  return `matmul/${transposes(product)}/${
    sizes.map((size) => Math.ceil(Math.log2(size))).join("/")
  }`;
}

/** The variant that was found fastest, or the default where nothing was measured or it does not accept the product. */
export function chooseVariant(pass: Pass, product: Product): Variant {
  const chosen = pass.choices.get(productKey(product));
  const variant = VARIANTS.find(({ name }) => name === chosen);
  if (variant?.accepts(product, pass.adapter)) return variant;
  return defaultVariant(product, pass.adapter);
}

function defaultVariant(product: Product, adapter: AdapterInfo): Variant {
  const manyTiles = product.rows * product.cols >= 64 * 128 ** 2;
  const order = adapter.software
    ? [broadcast, quad, register, ...(readsHalves(product) ? [workgroup64] : [])]
    : [subgroupMatrix, ...(manyTiles ? [workgroup128] : []), workgroup64];
  const variant = [...order, naive].find((variant) => variant.accepts(product, adapter));
  if (variant) return variant;
  const { rows, cols, inner } = product;
  throw new ShapeError("matmul of halves", [rows, cols, inner].map(toFours), [rows, cols, inner]);
}

function toFours(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Whether a factor is stored in half precision. */
function readsHalves({ a, b }: Product): boolean {
  return a.dtype === "f16" || b.dtype === "f16";
}

function transposes(
  { transposeA, transposeB }: Pick<Product, "transposeA" | "transposeB">,
): string {
  return `${transposeA ? "t" : "n"}${transposeB ? "t" : "n"}`;
}

/** A dispatch of one workgroup per tile of `[rows, cols]`. */
interface TiledCall {
  readonly kernel: Kernel;
  readonly entryPoint: string;
  readonly overrides: Readonly<Record<string, number>>;
  readonly tile: readonly [number, number];
}

function encodeTiled(pass: Pass, product: Product, call: TiledCall): void {
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

/** Whether the last axes of a, b and y are multiples of four. */
function loadsFours({ a, b, y }: Product): boolean {
  return [a, b, y].every((tensor) => tensor.shape[1]! % 4 === 0);
}

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
