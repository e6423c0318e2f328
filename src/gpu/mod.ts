/**
 * Floor 1: the only folder that touches WebGPU. Devices, tensors, kernels, passes, readback and timing.
 *
 * @module
 */
export * from "./autotune.ts";
export * from "./gpu.ts";
export * from "./kernel.ts";
export { type Dispatch, Pass } from "./pass.ts";
export * from "./tensor.ts";
export type { KernelTime } from "./timing.ts";
