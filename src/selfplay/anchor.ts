/**
 * The anchor: how near a generated bug is to bugs that people and language models really make.
 *
 * A bug is the unified diff from the solution to it, without the problem's text. Two scores: ours, and the published one
 * (Choi et al. 2026, arXiv:2607.03523, section 4).
 *
 * @module
 */
import {
  type Embedder,
  type GroupedVectors,
  hostSearch,
  type NeighbourSearch,
} from "../embed/mod.ts";
import { unifiedDiff } from "../tasks/mod.ts";

/** A bug as the anchor sees it. */
export interface Edit {
  readonly taskId: string;
  /** Unified diff from the solution to the bug, both in canonical form. */
  readonly diff: string;
}

/** The diff of a bug, as it is embedded. */
export function editOf(taskId: string, solution: string, buggy: string): Edit {
  return { taskId, diff: unifiedDiff(solution, buggy) };
}

/** Scores of one bug. */
export interface AnchorScore {
  /** Share of the references that are less like references of other tasks than this bug is, 0 to 1. */
  readonly percentile: number;
  /** Mean cosine to the nearest references, any task, mapped to 0 to 1; the published `sim01`. */
  readonly similarity: number;
}

/** Reference bugs, embedded once. */
export interface Anchor {
  /** Scores bugs, in order. */
  score(edits: readonly Edit[]): Promise<AnchorScore[]>;
}

/** What an anchor is made of. */
export interface AnchorParts {
  readonly embedder: Embedder;
  /** Where neighbours are searched; the host by default. */
  readonly search?: NeighbourSearch;
  /** Nearest references that a score is the mean of. */
  readonly neighbours: number;
}

/**
 * Embeds the references and scores each among those of other tasks, which is the scale for percentiles.
 *
 * Vectors are centred by the references' mean: embeddings of code lie in a narrow cone, and without centring every
 * cosine is near 1.
 *
 * @throws {RangeError} If there are no references.
 */
export async function openAnchor(references: readonly Edit[], parts: AnchorParts): Promise<Anchor> {
  const { embedder, search = hostSearch, neighbours: k } = parts;
  if (references.length === 0) throw new RangeError("Cannot open the anchor: no reference bugs");
  const raw = grouped(references, await embedder.embed(references.map(({ diff }) => diff)));
  const mean = meanVector(raw.vectors);
  const pool = centred(raw, mean);
  const meanCosine = async (
    queries: GroupedVectors,
    among: GroupedVectors,
    otherGroups: boolean,
  ): Promise<number[]> => {
    const found = await search.nearest(queries, among, { k, otherGroups });
    return found.map((near) =>
      near.reduce((sum, { cosine }) => sum + cosine, 0) / Math.max(1, near.length)
    );
  };
  const scale = (await meanCosine(pool, pool, true)).sort((a, b) => a - b);
  return {
    score: async (edits) => {
      if (edits.length === 0) return [];
      const queries = grouped(edits, await embedder.embed(edits.map(({ diff }) => diff)));
      const ours = await meanCosine(centred(queries, mean), pool, true);
      const published = await meanCosine(queries, raw, false);
      return edits.map((_, i) => ({
        percentile: percentileIn(scale, ours[i]!),
        similarity: (1 + published[i]!) / 2,
      }));
    },
  };
}

/** Share of sorted values below `value`, equal ones counted half; 0 to 1. */
export function percentileIn(sorted: readonly number[], value: number): number {
  const below = sorted.filter((other) => other < value).length;
  const equal = sorted.filter((other) => other === value).length;
  return (below + equal / 2) / sorted.length;
}

function grouped(edits: readonly Edit[], vectors: readonly Float32Array[]): GroupedVectors {
  return { vectors, groups: edits.map(({ taskId }) => taskId) };
}

function meanVector(vectors: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) vector.forEach((value, i) => mean[i]! += value / vectors.length);
  return mean;
}

function centred({ vectors, groups }: GroupedVectors, mean: Float64Array): GroupedVectors {
  return { groups, vectors: vectors.map((vector) => vector.map((value, i) => value - mean[i]!)) };
}
