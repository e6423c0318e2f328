/**
 * The fused pair of projections of a gated unit, and their gated product, in one dispatch where the chosen kernel can.
 *
 * y = silu(gate) * up with [gate, up] = x W^T, Shazeer 2020 (arXiv:2002.05202), equation 5.
 *
 * @module
 */
import broadcastSource from "../../kernels/matmul_broadcast_swiglu.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { describeProduct, linearForward, type LinearSaved } from "./matmul.ts";
import { epilogueParams, halfOverrides, type Product } from "./matmul_product.ts";
import { chooseVariant, workgroupKernel } from "./matmul_variants.ts";
import { swigluForward } from "./swiglu.ts";

const broadcastKernel = defineKernel("matmul_broadcast_swiglu", broadcastSource);

/** Results of {@linkcode gatedLinearForward}. */
export interface GatedLinear {
  /** Both projections side by side, `[rows, 2 * cols]`: written by `keep`, and room to work in otherwise. */
  gateUp: Tensor;
  /** The gated product, f32 `[rows, cols]`; overwritten. */
  y: Tensor;
  /** Whether `gateUp` is wanted, as the backward pass does. */
  keep: boolean;
}

/** Encodes a product whose kernel gates it. */
type EncodeGated = (pass: Pass, product: Product, result: GatedLinear) => void;

/** The kernels that gate what they multiply, by the variant whose product they form. */
const FUSED: Readonly<Record<string, EncodeGated>> = {
  broadcast: encodeBroadcast,
  workgroup64: encodeWorkgroup(8),
  workgroup128: encodeWorkgroup(16),
};

/**
 * Encodes y = silu(gate) * up from [gate, up] = x weight^T (+ bias).
 *
 * The kernel is that of the variant which {@linkcode linearForward} would run. Product and gate are two dispatches where
 * that one cannot gate, where there is a bias, and where a software adapter is to keep both factors: stores there cost
 * more than what one dispatch saves.
 *
 * @param saved `x` `[rows, inputs]` and `weight` `[2 * cols, inputs]`, the gate's rows first; read only.
 * @throws {ShapeError} If the shapes disagree.
 */
export function gatedLinearForward(pass: Pass, saved: LinearSaved, result: GatedLinear): void {
  const { x, weight, bias } = saved;
  const { gateUp, y, keep } = result;
  const product = describeProduct({ a: x, b: weight, y: gateUp }, { transposeB: true });
  expectShape("gated linear y", y, [product.rows, product.cols / 2]);
  const encode = FUSED[chooseVariant(pass, product).name];
  const pays = !(keep && pass.adapter.software);
  if (encode && pays && !bias && product.cols % 8 === 0) return encode(pass, product, result);
  linearForward(pass, saved, gateUp);
  swigluForward(pass, { x: gateUp }, y);
}

function encodeBroadcast(pass: Pass, product: Product, { gateUp, y, keep }: GatedLinear): void {
  const { a, b, rows, inner } = product;
  const cols = product.cols / 2;
  pass.dispatch(broadcastKernel, {
    entryPoint: "forward",
    overrides: halfOverrides(product),
    params: { rows, cols, inner, keep: Number(keep) },
    bind: { a, b, a_half: a, b_half: b, y, gate_up: gateUp },
    workgroups: [Math.ceil(cols / 16), Math.ceil(rows / 32), 1],
  });
}

function encodeWorkgroup(side: 8 | 16): EncodeGated {
  return (pass, product, { gateUp, y, keep }) => {
    const { a, b, rows, inner } = product;
    const cols = product.cols / 2;
    pass.dispatch(workgroupKernel, {
      entryPoint: "forward_swiglu",
      overrides: {
        ...{ SIDE: side, TRANSPOSE_B: 1, GATED: 1, KEEP: Number(keep) },
        ...halfOverrides(product),
      },
      params: { ...epilogueParams(product), cols, inner },
      bind: { a, b, y, gate_up: gateUp },
      workgroups: [Math.ceil(cols / (4 * side)), Math.ceil(rows / (8 * side)), 1],
    });
  };
}
