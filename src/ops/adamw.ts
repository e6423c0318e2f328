/**
 * Adam with decoupled weight decay, one tensor at a time.
 *
 * Loshchilov & Hutter 2019 (arXiv:1711.05101), algorithm 2, with the rate as its schedule multiplier.
 *
 * @module
 */
import source from "../../kernels/adamw.wgsl" with { type: "text" };
import { defineKernel, elements, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { FLAT_SHARE } from "./grid.ts";

const kernel = defineKernel("adamw", source);
const WG = 64;

/** A parameter tensor with its moments, all of one shape. */
export interface AdamwState {
  /** Parameters. */
  w: Tensor;
  /** Running mean of the gradient. */
  m: Tensor;
  /** Running mean of its square. */
  v: Tensor;
}

/** Constants of one step. */
export interface AdamwOptions {
  /** Learning rate. */
  rate: number;
  /** Weight decay per unit of rate. */
  decay: number;
  /** Decay of the mean. */
  beta1: number;
  /** Decay of the mean square. */
  beta2: number;
  /** Number of this step, from 1. */
  step: number;
}

/**
 * Encodes one step: w, m and v are changed in place.
 *
 * @param gradient `dw`, shaped as `w`, and `clip` `[1]`, which multiplies it (see `globalNorm`).
 * @throws {ShapeError} If a shape disagrees with `w`.
 */
export function adamw(
  pass: Pass,
  state: AdamwState,
  gradient: { dw: Tensor; clip: Tensor },
  { rate, decay, beta1, beta2, step }: AdamwOptions,
): void {
  const { w, m, v } = state;
  const { dw, clip } = gradient;
  for (const [name, tensor] of Object.entries({ m, v, dw })) {
    expectShape(`adamw ${name}`, tensor, w.shape);
  }
  expectShape("adamw clip", clip, [1]);
  const count = elements(w.shape);
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG, SHARE: FLAT_SHARE },
    params: { count, rate, decay, beta1, beta2, correction1, correction2 },
    bind: { dw, clip, w, m, v },
    workgroups: Math.ceil(count / (WG * FLAT_SHARE)),
  });
}
