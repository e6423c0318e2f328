/**
 * The kernels that can compute a matrix product, each with the shapes it accepts and its grid.
 *
 * @module
 */
import broadcastSource from "../../kernels/matmul_broadcast.wgsl" with { type: "text" };
import naiveSource from "../../kernels/matmul_naive.wgsl" with { type: "text" };
import quadSource from "../../kernels/matmul_quad.wgsl" with { type: "text" };
import registerSource from "../../kernels/matmul_register.wgsl" with { type: "text" };
import matrixSource from "../../kernels/matmul_subgroup_matrix.wgsl" with { type: "text" };
import matrixHalfSource from "../../kernels/matmul_subgroup_matrix_half.wgsl" with { type: "text" };
import workgroupSource from "../../kernels/matmul_workgroup.wgsl" with { type: "text" };
import workgroupHalfSource from "../../kernels/matmul_workgroup_half.wgsl" with { type: "text" };
import { ShapeError } from "../base/mod.ts";
import { type AdapterInfo, byteLength, defineKernel, type Kernel, type Pass } from "../gpu/mod.ts";
import {
  bindings,
  encodeTiled,
  epilogueParams,
  halfOverrides,
  type Product,
  productKey,
  storage,
  transposeOverrides,
  transposes,
} from "./matmul_product.ts";

/** One way to compute a product. All agree on what they accept within the rounding of the arithmetic that they state. */
export interface Variant {
  /** Name in the tuning cache and in benchmarks. */
  readonly name: string;
  /** Its kernel. */
  readonly kernel: Kernel;
  /** Whether it multiplies in half precision, which rounds more coarsely and has a smaller range; it does not if left out. */
  readonly inHalf?: true;
  /** Whether it can compute this product on this adapter. */
  accepts(product: Product, adapter: AdapterInfo): boolean;
  /** Encodes the product. */
  encode(pass: Pass, product: Product): void;
}

const broadcastKernel = defineKernel("matmul_broadcast", broadcastSource);
const matrixKernel = defineKernel("matmul_subgroup_matrix", matrixSource);
const matrixHalfKernel = defineKernel("matmul_subgroup_matrix_half", matrixHalfSource);
const naiveKernel = defineKernel("matmul_naive", naiveSource);
const quadKernel = defineKernel("matmul_quad", quadSource);
const registerKernel = defineKernel("matmul_register", registerSource);
/** Tiles in workgroup memory; see `gated_linear.ts` for its other entry point. */
export const workgroupKernel: Kernel = defineKernel("matmul_workgroup", workgroupSource);
const workgroupHalfKernel = defineKernel("matmul_workgroup_half", workgroupHalfSource);

const NAIVE_WG = 64;

/** Invocations that a workgroup may have on every adapter. */
const MOST_INVOCATIONS = 256;

/** Second-level cache of a CPU's core, above which the broadcast kernel walks down y instead of along it. */
const CACHE_BYTES = 2 ** 20;

/** Any shape, any transposes; slow. */
const naive: Variant = {
  name: "naive",
  kernel: naiveKernel,
  accepts: (product) => !readsHalves(product),
  encode: encodeNaive,
};

/** A small register tile; needs nothing of the adapter. */
const register: Variant = {
  name: "register",
  kernel: registerKernel,
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

/** A large register tile for software adapters, of numbers or halves; its eight lanes have to share a subgroup. */
const broadcast: Variant = {
  name: "broadcast",
  kernel: broadcastKernel,
  accepts: (product, adapter) =>
    loadsFours(product) && !(product.transposeA && product.transposeB) && adapter.subgroupSize >= 8,
  encode: (pass, product) => {
    const { a, b, rows, cols, inner } = product;
    const downFirst = byteLength(b) > CACHE_BYTES;
    const [across, down] = [Math.ceil(cols / 32), Math.ceil(rows / 32)];
    pass.dispatch(broadcastKernel, {
      entryPoint: `forward_${transposes(product)}`,
      overrides: halfOverrides(product),
      params: { ...epilogueParams(product), inner, down_first: Number(downFirst) },
      bind: { ...bindings(product), a_half: a, b_half: b },
      workgroups: downFirst ? [down, across, 1] : [across, down, 1],
    });
  },
};

/** A tile as large as four lanes with few registers hold; the lanes have to share a subgroup. */
const quad: Variant = {
  name: "quad",
  kernel: quadKernel,
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
    kernel: workgroupKernel,
    accepts: (product, adapter) => loadsFours(product) && adapter.workgroupBytes >= 128 * side ** 2,
    encode: (pass, product) =>
      encodeTiled(pass, product, {
        kernel: workgroupKernel,
        entryPoint: "forward",
        overrides: {
          SIDE: side,
          ...transposeOverrides(product),
          ...halfOverrides(product),
        },
        tile: [8 * side, 8 * side],
      }),
  };
}

/**
 * Tiles of halves in workgroup memory that are multiplied in half precision, for GPUs. Its rounding is coarser than that
 * of all others and its range that of halves, so it is no default anywhere: the tuner chooses it where it is allowed to.
 */
function workgroupHalf(side: 8 | 16): Variant {
  return {
    name: `workgroup_half${8 * side}`,
    kernel: workgroupHalfKernel,
    inHalf: true,
    accepts: (product, adapter) =>
      adapter.halfArithmetic && ofHalves(product) && loadsFours(product) &&
      adapter.workgroupBytes >= 64 * side ** 2,
    encode: (pass, product) =>
      encodeTiled(pass, product, {
        kernel: workgroupHalfKernel,
        entryPoint: "forward",
        overrides: { SIDE: side, ...transposeOverrides(product) },
        tile: [8 * side, 8 * side],
      }),
  };
}

/** Matrices in subgroups, where the adapter multiplies F32 ones. */
const subgroupMatrix: Variant = {
  name: "subgroup_matrix",
  kernel: matrixKernel,
  accepts: (product, adapter) =>
    adapter.matrices.includes("f32*f32+f32 8x8x8") && !readsHalves(product) &&
    loadsFours(product) &&
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

/** Matrices of halves in subgroups, where the adapter multiplies F16 ones into F32 ones; side * side tiles of 64 x 64. */
function subgroupMatrixHalf(side: 1 | 2): Variant {
  return {
    name: `subgroup_matrix_half${64 * side}`,
    kernel: matrixHalfKernel,
    accepts: (product, adapter) =>
      adapter.halfArithmetic && adapter.matrices.includes("f16*f16+f32 16x16x16") &&
      ofHalves(product) && Math.min(product.rows, product.cols) >= 64 &&
      product.inner % 16 === 0 && loadsMultiples(product, 8) &&
      !(product.transposeA && product.transposeB) &&
      adapter.maxSubgroupSize * side ** 2 <= MOST_INVOCATIONS,
    encode: (pass, product) =>
      encodeTiled(pass, product, {
        kernel: matrixHalfKernel,
        entryPoint: `forward_${transposes(product)}`,
        overrides: { WG: pass.adapter.maxSubgroupSize, SIDE: side },
        tile: [64 * side, 64 * side],
      }),
  };
}

const workgroup64 = workgroup(8);
const workgroup128 = workgroup(16);
const workgroupHalf64 = workgroupHalf(8);
const workgroupHalf128 = workgroupHalf(16);
const subgroupMatrixHalf64 = subgroupMatrixHalf(1);
const subgroupMatrixHalf128 = subgroupMatrixHalf(2);

/** Every variant. */
export const VARIANTS: readonly Variant[] = [
  broadcast,
  quad,
  register,
  subgroupMatrix,
  subgroupMatrixHalf64,
  subgroupMatrixHalf128,
  workgroup64,
  workgroup128,
  workgroupHalf64,
  workgroupHalf128,
  naive,
];

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
    : manyTiles
    ? [subgroupMatrix, subgroupMatrixHalf128, subgroupMatrixHalf64, workgroup128, workgroup64]
    : [subgroupMatrix, subgroupMatrixHalf64, workgroup64];
  const variant = [...order, naive].find((variant) => variant.accepts(product, adapter));
  if (variant) return variant;
  const { rows, cols, inner } = product;
  throw new ShapeError("matmul of halves", [rows, cols, inner].map(toFours), [rows, cols, inner]);
}

function toFours(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** Whether a factor is stored in half precision. */
function readsHalves(product: Product): boolean {
  return storage(product).includes("f16");
}

/** Whether both are. */
function ofHalves(product: Product): boolean {
  return storage(product).every((dtype) => dtype === "f16");
}

/** Whether the last axes of a, b and y are multiples of four. */
function loadsFours(product: Product): boolean {
  return loadsMultiples(product, 4) && product.cols % 4 === 0;
}

/** Whether the last axes of a and b are multiples of `count`. */
function loadsMultiples({ a, b }: Product, count: number): boolean {
  return [a, b].every(({ shape }) => shape[1]! % count === 0);
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
