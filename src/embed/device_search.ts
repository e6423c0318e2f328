/**
 * Nearest neighbours by cosine on the GPU.
 *
 * @module
 */
import type { Gpu, Tensor } from "../gpu/mod.ts";
import { similarity, SIMILARITY_CHUNK } from "../ops/mod.ts";
import type { Neighbour, NeighbourSearch } from "./types.ts";

/** Group that is no reference's: a query with it skips none. Also stands for a missing neighbour. */
const NONE = 0xffffffff;

/** Queries that are searched for together: scores of one chunk of references take at most 64 MiB. */
const QUERIES_AT_ONCE = 4096;

/** The search on a device; agrees with `hostSearch` up to rounding. Pools need not fit one binding. */
export function deviceSearch(gpu: Gpu): NeighbourSearch {
  return {
    nearest: async (queries, references, { k, otherGroups }) => {
      const total = references.vectors.length;
      if (queries.vectors.length === 0 || total === 0) return queries.vectors.map(() => []);
      const dim = references.vectors[0]!.length;
      const numberOf = numberGroups(references.groups);
      const others = references.groups.map((group) => numberOf.get(group)!);
      const pool = {
        references: gpu.table("references", [total, dim]),
        others: gpu.from("others", [total], Uint32Array.from(others)),
      };
      try {
        gpu.upload(pool.references, unitRows(references.vectors, dim));
        const found: Neighbour[][] = [];
        for (let start = 0; start < queries.vectors.length; start += QUERIES_AT_ONCE) {
          const vectors = queries.vectors.slice(start, start + QUERIES_AT_ONCE);
          const own = queries.groups
            .slice(start, start + QUERIES_AT_ONCE)
            .map((group) => otherGroups ? numberOf.get(group) ?? NONE : NONE);
          found.push(...await searchFor(gpu, { vectors, own }, { ...pool, k: Math.min(k, total) }));
        }
        return found;
      } finally {
        gpu.release(...Object.values(pool));
      }
    },
  };
}

/** Finds the k nearest of the pool for some queries, whose groups are numbered by `own`. */
async function searchFor(
  gpu: Gpu,
  { vectors, own }: { vectors: readonly Float32Array[]; own: readonly number[] },
  { k, ...pool }: { k: number; references: Tensor; others: Tensor },
): Promise<Neighbour[][]> {
  const [total, dim] = pool.references.shape as [number, number];
  const rows = vectors.length;
  const made = {
    queries: gpu.from("queries", [rows, dim], unitRows(vectors, dim)),
    own: gpu.from("own", [rows], Uint32Array.from(own)),
    best: gpu.tensor("best", [rows, k]),
    index: gpu.tensor("index", [rows, k], "u32"),
    scores: gpu.tensor("scores", [rows * Math.min(total, SIMILARITY_CHUNK)]),
  };
  try {
    const pass = gpu.pass("similarity");
    similarity(pass, { ...pool, ...made }, made);
    pass.submit();
    const [best, index] = await gpu.readAll([made.best, made.index]);
    return vectors.map((_, q) => neighboursOf(best!, index!, q * k, k));
  } finally {
    gpu.release(...Object.values(made));
  }
}

function numberGroups(groups: readonly string[]): Map<string, number> {
  return new Map([...new Set(groups)].map((group, i) => [group, i]));
}

/** The vectors as rows of length 1; zero stays zero. */
function unitRows(vectors: readonly Float32Array[], dim: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(vectors.length * dim);
  vectors.forEach((vector, n) => {
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)) || 1;
    vector.forEach((value, i) => rows[n * dim + i] = value / norm);
  });
  return rows;
}

function neighboursOf(
  best: ArrayLike<number>,
  index: ArrayLike<number>,
  start: number,
  width: number,
): Neighbour[] {
  return Array.from({ length: width }, (_, i) => ({
    index: index[start + i]!,
    cosine: best[start + i]!,
  })).filter((neighbour) => neighbour.index !== NONE);
}
