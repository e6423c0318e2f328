/**
 * The search for nearest neighbours as cases to time: all of it, and its products.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { Gpu, Pass } from "../gpu/mod.ts";
import { matmul, similarity, SIMILARITY_CHUNK } from "../ops/mod.ts";
import type { KernelCase } from "./kernel_timing.ts";

/** Sizes of a search. */
export interface SimilarityShape {
  /** Vectors whose neighbours are sought. */
  readonly queries: number;
  /** Vectors that are searched. */
  readonly references: number;
  /** Length of a vector. */
  readonly dim: number;
  /** Neighbours of each query. */
  readonly neighbours: number;
}

/** The whole search, and its products alone. */
export function similarityCases(shape: SimilarityShape): KernelCase[] {
  const { queries, references, dim, neighbours } = shape;
  const common = {
    shape: `${queries}x${references}x${dim}`,
    flops: 2 * queries * references * dim,
  };
  const vectors = 4 * dim * (queries + references);
  return [
    {
      ...common,
      name: `cosine top-${neighbours}`,
      bytes: vectors + 8 * queries * neighbours,
      open: (gpu) => openSearch(gpu, shape),
    },
    {
      ...common,
      name: "its products",
      bytes: vectors + 4 * queries * references,
      open: (gpu) => openProducts(gpu, shape),
    },
  ];
}

function openSearch(gpu: Gpu, { queries, references, dim, neighbours }: SimilarityShape) {
  const input = {
    queries: gpu.from("queries", [queries, dim], unitVectors(queries, dim, "queries")),
    own: gpu.from("own", [queries], new Uint32Array(queries).fill(0xffffffff)),
    references: gpu.table("references", [references, dim]),
    others: gpu.tensor("others", [references], "u32"),
  };
  gpu.upload(input.references, unitVectors(references, dim, "all"));
  const out = {
    best: gpu.tensor("best", [queries, neighbours]),
    index: gpu.tensor("index", [queries, neighbours], "u32"),
    scores: gpu.tensor("scores", [queries, Math.min(references, SIMILARITY_CHUNK)]),
  };
  return {
    encode: (pass: Pass) => similarity(pass, input, out),
    [Symbol.dispose]: () => gpu.release(...Object.values(input), ...Object.values(out)),
  };
}

function openProducts(gpu: Gpu, { queries, references, dim }: SimilarityShape) {
  const a = gpu.tensor("queries", [queries, dim]);
  const b = gpu.tensor("references", [Math.min(references, SIMILARITY_CHUNK), dim]);
  const y = gpu.tensor("scores", [queries, b.shape[0]!]);
  return {
    encode: (pass: Pass) => {
      for (let first = 0; first < references; first += SIMILARITY_CHUNK) {
        const count = Math.min(SIMILARITY_CHUNK, references - first);
        const part = { ...b, shape: [count, dim] };
        matmul(pass, { a, b: part, y: { ...y, shape: [queries, count] } }, { transposeB: true });
      }
    },
    [Symbol.dispose]: () => gpu.release(a, b, y),
  };
}

/** Random rows of length 1. */
function unitVectors(count: number, dim: number, name: string): Float32Array<ArrayBuffer> {
  const rng = rngStream(0, "bench similarity", name);
  const rows = Float32Array.from({ length: count * dim }, () => rng.next() - 0.5);
  for (let start = 0; start < rows.length; start += dim) {
    const row = rows.subarray(start, start + dim);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    row.forEach((value, i) => row[i] = value / norm);
  }
  return rows;
}
