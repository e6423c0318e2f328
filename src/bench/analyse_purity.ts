/**
 * Source purity: whether bugs that look alike come from the same source.
 *
 * Neighbours of the same task are left out, since bugs of one task look alike whoever made them (Choi et al. 2026,
 * arXiv:2607.03523, analysis of diff embeddings).
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";
import type { NeighbourSearch } from "../embed/mod.ts";
import { bootstrapMean } from "./estimators.ts";

/** A bug as an embedder sees it. */
export interface EmbeddedBug {
  readonly taskId: string;
  readonly source: string;
  readonly vector: Float32Array;
}

/** Purity of one source. */
export interface Purity {
  /** Mean share of a bug's neighbours that come from its own source. */
  readonly purity: number;
  /** Lower end of the 95 % interval, from the bootstrap clustered by task. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** What the purity would be if neighbours were drawn at random. */
  readonly chance: number;
  /** Share of the neighbours by the source they come from. */
  readonly neighbours: Readonly<Record<string, number>>;
}

/**
 * Purity of every source, sources in alphabetical order. A bug without a bug of another task is left out.
 *
 * @param options `k`: neighbours of each bug; `search`: where they are searched; `rng`: draws of the bootstrap.
 */
export async function sourcePurity(
  bugs: readonly EmbeddedBug[],
  { k, search, rng }: { k: number; search: NeighbourSearch; rng: Rng },
): Promise<Record<string, Purity>> {
  const pool = { vectors: centred(bugs), groups: bugs.map(({ taskId }) => taskId) };
  const found = await search.nearest(pool, pool, { k, otherGroups: true });
  const near = bugs.map((bug, i) => ({
    ...bug,
    sources: found[i]!.map(({ index }) => bugs[index]!.source),
    chance: chanceOf(bug, bugs),
  })).filter(({ sources }) => sources.length > 0);
  const names = [...new Set(near.map(({ source }) => source))].sort();
  return Object.fromEntries(names.map((source) => {
    const own = near.filter((bug) => bug.source === source);
    const outcomes = own.map(({ taskId, sources }) => ({
      taskId,
      source,
      passed: shareOf(source, sources),
    }));
    const { fixRate: purity, low, high } = bootstrapMean(outcomes, rng.fork(source));
    const all = own.flatMap(({ sources }) => sources);
    const neighbours = Object.fromEntries(names.map((other) => [other, shareOf(other, all)]));
    const chance = own.reduce((sum, bug) => sum + bug.chance, 0) / own.length;
    return [source, { purity, low, high, chance, neighbours }];
  }));
}

function shareOf(source: string, sources: readonly string[]): number {
  return sources.filter((other) => other === source).length / sources.length;
}

/** Share of the bugs of other tasks that come from a bug's source. */
function chanceOf(bug: EmbeddedBug, bugs: readonly EmbeddedBug[]): number {
  const others = bugs.filter(({ taskId }) => taskId !== bug.taskId);
  return others.length === 0 ? 0 : shareOf(bug.source, others.map(({ source }) => source));
}

/** The vectors less their mean: embeddings of code lie in a narrow cone, where every cosine is near 1. */
function centred(bugs: readonly EmbeddedBug[]): Float32Array[] {
  const mean = new Float64Array(bugs[0]?.vector.length ?? 0);
  for (const { vector } of bugs) vector.forEach((value, i) => mean[i]! += value / bugs.length);
  return bugs.map(({ vector }) => vector.map((value, i) => value - mean[i]!));
}
