/**
 * Arithmetic without memory, to measure how fast an adapter computes.
 *
 * @module
 */
import source from "../../kernels/fma_chains.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";

const kernel = defineKernel("fma_chains", source);
const WG = 64;

/** Floating-point operations of one element and turn: sixteen chains, eight multiply-adds. */
export const FMA_CHAIN_FLOPS = 16 * 8 * 2;

/**
 * Encodes `turns` turns of multiply-adds for every element of y.
 *
 * @param y `[count]`, overwritten with sums that converge to 16 / (1 - factor).
 * @throws {ShapeError} If `y` is not a vector.
 */
export function fmaChains(pass: Pass, y: Tensor, turns: number, factor = 0.5): void {
  const count = y.shape[0]!;
  expectShape("fma_chains y", y, [count]);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG },
    params: { count, turns, factor },
    bind: { y },
    workgroups: Math.ceil(count / WG),
  });
}
