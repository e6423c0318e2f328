/**
 * What `bench similarity` measures.
 *
 * @module
 */
import { z } from "zod";
import { GpuSection } from "./gpu.ts";

/** Settings of `bench similarity`. */
export const BenchSimilarityConfig = z.strictObject({
  queries: z.int().min(1).default(256).describe("vectors whose neighbours are sought, count"),
  references: z.int().min(1).default(16_384).describe("vectors that are searched, count"),
  dim: z.int().min(4).multipleOf(4).default(256).describe("length of a vector"),
  neighbours: z.int().min(1).max(16).default(5).describe("neighbours of each query, count"),
  gpu: GpuSection.prefault({}),
  samples: z.int().min(1).default(5).describe("timings, count"),
}).meta({
  title: "bench similarity",
  description: "Times the search for nearest neighbours by cosine.",
});

/** Resolved settings of `bench similarity`. */
export type BenchSimilarityConfig = Readonly<z.output<typeof BenchSimilarityConfig>>;
