/**
 * Nearest neighbours by cosine on the host, in float64: the specification of the GPU's search and its stand-in for small
 * pools.
 *
 * @module
 */
import type { Neighbour, NeighbourSearch } from "./types.ts";

/** Cosine similarity; 0 where either vector is zero. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

/** The search on the host. */
export const hostSearch: NeighbourSearch = {
  nearest: (queries, references, { k, otherGroups }) => {
    const found = queries.vectors.map((query, q) =>
      references.vectors
        .map((vector, index): Neighbour => ({ index, cosine: cosine(query, vector) }))
        .filter(({ index }) => !otherGroups || references.groups[index] !== queries.groups[q])
        .sort((a, b) => b.cosine - a.cosine || a.index - b.index)
        .slice(0, k)
    );
    return Promise.resolve(found);
  },
};
