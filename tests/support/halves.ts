/**
 * Matrices of halves on the GPU.
 *
 * @module
 */
import type { Gpu, Tensor } from "../../src/gpu/mod.ts";
import { packHalf } from "../../src/ops/pack_half.ts";

/** Rounds a matrix to halves: the tensor, and the numbers that it stands for. */
export async function halve(
  gpu: Gpu,
  shape: readonly number[],
  values: Float32Array<ArrayBuffer>,
): Promise<{ half: Tensor; rounded: Float32Array<ArrayBuffer> }> {
  const x = gpu.from("x", shape, values);
  const half = gpu.tensor("half", shape, "f16");
  const pass = gpu.pass("halve");
  packHalf(pass, x, half);
  pass.submit();
  const rounded = await gpu.read(half) as Float32Array<ArrayBuffer>;
  gpu.release(x);
  return { half, rounded };
}
