/**
 * Floor 1: the only folder that touches WebGPU. Devices, tensors, kernels, passes, readback and timing.
 *
 * @module
 */
export type { AdapterInfo } from "./adapter.ts";
export * from "./autotune.ts";
export type { Backend } from "./backend.ts";
export * from "./gpu.ts";
export { type Image, IMAGE_WIDTH, imageBytes, imageFits, isImage } from "./image.ts";
export * from "./kernel.ts";
export { type Dispatch, Pass } from "./pass.ts";
export * from "./tensor.ts";
export type { GpuTimes, KernelTime } from "./timing.ts";
