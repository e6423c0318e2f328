/**
 * Floor 4: batched generation on the GPU.
 *
 * @module
 */
export * from "./sampler.ts";
export type { SampleRequest, WaveCapacity } from "./waves.ts";
