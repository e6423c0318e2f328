/**
 * What an embedder is, and what searches embeddings.
 *
 * @module
 */

/** Turns texts into vectors whose cosine says how alike they are. */
export interface Embedder {
  /**
   * Embeds texts.
   *
   * @returns One vector a text, all of one length; need not be normalised.
   */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
}

/** A neighbour of a query. */
export interface Neighbour {
  /** Index of the reference. */
  readonly index: number;
  /** Cosine similarity, -1 to 1. */
  readonly cosine: number;
}

/** Vectors with the group that each belongs to; the group of a bug is its task. */
export interface GroupedVectors {
  /** All of one length. */
  readonly vectors: readonly Float32Array[];
  /** One a vector. */
  readonly groups: readonly string[];
}

/** Finds nearest neighbours by cosine; on the host or on the GPU. */
export interface NeighbourSearch {
  /**
   * The k references most like each query, best first, equal ones by index; references of the query's own group are
   * left out where `otherGroups`. Fewer than k where there are fewer.
   */
  nearest(
    queries: GroupedVectors,
    references: GroupedVectors,
    options: { readonly k: number; readonly otherGroups: boolean },
  ): Promise<Neighbour[][]>;
}
