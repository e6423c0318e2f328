/**
 * What follows attention in a layer of a decoding step, in one dispatch, for software adapters: output projection, norm,
 * SwiGLU (Shazeer 2020, arXiv:2002.05202) and both residuals.
 *
 * @module
 */
import source from "../../kernels/feed_forward_image.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Image, type Pass, type Tensor } from "../gpu/mod.ts";
import type { RowNorm } from "./rmsnorm.ts";

const kernel = defineKernel("feed_forward_image", source);

/** Rows of a workgroup: at most, and of what they are a multiple. */
const [MOST_ROWS, LEAST_ROWS] = [32, 8];

/** What it reads. */
export interface FeedForwardImageInput {
  /** Attention's output, `[rows, width]`. */
  readonly y: Tensor;
  /** Weight of the output projection, `[hidden, width]`. */
  readonly output: Image;
  /** The norm before the gate. */
  readonly norm: RowNorm;
  /** Weights of gate and up projections one above the other, `[2 * intermediate, hidden]`. */
  readonly gateUp: Image;
  /** Weight of the down projection, `[hidden, intermediate]`. */
  readonly down: Image;
  /** The rows that are wanted, and at the end their number, u32 `[rows + 1]`; all without it. */
  readonly live?: Tensor;
}

/** What it overwrites. */
export interface FeedForwardImageOutput {
  /** The residual stream, `[rows, hidden]`, from the layer's input to its output; rows that are not wanted stay. */
  readonly x: Tensor;
  /** Room for its norm, `[rows, hidden]`. */
  readonly midNorm: Tensor;
  /** Room for the gated product, `[rows, intermediate]`. */
  readonly gated: Tensor;
}

/**
 * Encodes x += y output^T, then x += swiglu(norm(x) gateUp^T) down^T.
 *
 * @param options `cores`: that the adapter has at least; more only spread the rows.
 * @throws {ShapeError} If the shapes disagree.
 */
export function feedForwardImage(
  pass: Pass,
  input: FeedForwardImageInput,
  out: FeedForwardImageOutput,
  options: { cores?: number } = {},
): void {
  const { y, output, norm, gateUp, down, live } = input;
  const { x, midNorm, gated } = out;
  const { cores = navigator.hardwareConcurrency } = options;
  const { rows, hidden, width, inter } = readSizes(input, out);
  const eights = Math.ceil(rows / LEAST_ROWS);
  const groups = Math.max(Math.ceil(rows / MOST_ROWS), Math.min(cores, eights));
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { EPS: norm.eps, ...(live && { LISTED: 1 }) },
    params: { rows, hidden, width, inter, groups },
    bind: {
      ...{ y, output, gate_up: gateUp, down, gain: norm.gain, live: live ?? y },
      ...{ x, h: midNorm, z: gated },
    },
    workgroups: [groups, 1, 1],
  });
}

function readSizes(input: FeedForwardImageInput, { x, midNorm, gated }: FeedForwardImageOutput) {
  const { y, output, norm, gateUp, down, live } = input;
  const [rows, hidden] = x.shape as [number, number];
  const width = y.shape[1]!;
  const inter = down.shape[1]!;
  expectShape("feed_forward y", y, [rows, width]);
  expectShape("feed_forward output", output, [hidden, width]);
  expectShape("feed_forward gain", norm.gain, [hidden]);
  expectShape("feed_forward gateUp", gateUp, [2 * inter, hidden]);
  expectShape("feed_forward down", down, [hidden, inter]);
  expectShape("feed_forward midNorm", midNorm, [rows, hidden]);
  expectShape("feed_forward gated", gated, [rows, inter]);
  if (live) expectShape("feed_forward live", live, [rows + 1]);
  return { rows, hidden, width, inter };
}
