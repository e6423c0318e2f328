/**
 * Nearest neighbours by cosine on the GPU.
 *
 * @module
 */
import type { Gpu } from "../gpu/mod.ts";
import { similarity, SIMILARITY_CHUNK } from "../ops/mod.ts";
import type { GroupedVectors, Neighbour, NeighbourSearch } from "./types.ts";

/** Group that is no reference's: a query with it skips none. Also stands for a missing neighbour. */
const NONE = 0xffffffff;

/** The search on a device; agrees with `hostSearch` up to rounding. */
export function deviceSearch(gpu: Gpu): NeighbourSearch {
  return {
    nearest: async (queries, references, { k, otherGroups }) => {
      const [rows, total] = [queries.vectors.length, references.vectors.length];
      if (rows === 0 || total === 0) return queries.vectors.map(() => []);
      const dim = references.vectors[0]!.length;
      const numberOf = numberGroups(references.groups);
      const own = queries.groups.map((group) => otherGroups ? numberOf.get(group) ?? NONE : NONE);
      const others = references.groups.map((group) => numberOf.get(group)!);
      const input = {
        queries: gpu.from("queries", [rows, dim], unitRows(queries, dim)),
        own: gpu.from("own", [rows], Uint32Array.from(own)),
        references: gpu.from("references", [total, dim], unitRows(references, dim)),
        others: gpu.from("others", [total], Uint32Array.from(others)),
      };
      const width = Math.min(k, total);
      const out = {
        best: gpu.tensor("best", [rows, width]),
        index: gpu.tensor("index", [rows, width], "u32"),
        scores: gpu.tensor("scores", [rows * Math.min(total, SIMILARITY_CHUNK)]),
      };
      try {
        const pass = gpu.pass("similarity");
        similarity(pass, input, out);
        pass.submit();
        const [best, index] = await gpu.readAll([out.best, out.index]);
        return queries.vectors.map((_, q) => neighboursOf(best!, index!, q * width, width));
      } finally {
        gpu.release(...Object.values(input), ...Object.values(out));
      }
    },
  };
}

function numberGroups(groups: readonly string[]): Map<string, number> {
  return new Map([...new Set(groups)].map((group, i) => [group, i]));
}

/** The vectors as rows of length 1; zero stays zero. */
function unitRows({ vectors }: GroupedVectors, dim: number): Float32Array<ArrayBuffer> {
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
