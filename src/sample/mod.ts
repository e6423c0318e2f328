/**
 * Floor 4: batched generation on the GPU.
 *
 * @module
 */
export * from "./sampler.ts";
export type { SamplerCapacity, SampleRequest } from "./schedule.ts";
