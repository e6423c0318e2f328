/**
 * What `bench kernels` measures.
 *
 * @module
 */
import { z } from "zod";
import { GpuSection } from "./gpu.ts";

/** Settings of `bench kernels`. */
export const BenchKernelsConfig = z.strictObject({
  only: z.string().default("").describe("start of the names of the kernels to time; empty is all"),
  gpu: GpuSection.prefault({}),
  samples: z.int().min(1).default(5).describe("timings of each kernel, count"),
}).meta({
  title: "bench kernels",
  description: "Times every kernel and says how near it comes to the adapter's roofline.",
});

/** Resolved settings of `bench kernels`. */
export type BenchKernelsConfig = Readonly<z.output<typeof BenchKernelsConfig>>;
