/**
 * Group reward-decoupled normalisation, Liu et al. 2026, GDPO (arXiv:2601.05242).
 *
 *   S[i] = z_group(r1)[i] + w * z_group(r2)[i]     each reward normalised by itself
 *   A[i] = (S[i] - mean(S)) / std(S)               over all completions of the role
 *
 * Normalising a sum would let the reward with the larger spread drown the other one.
 *
 * @module
 */
import { zScores } from "./moments.ts";
import { normalizeBatch } from "./normalize_batch.ts";
import type { RewardGroups } from "./types.ts";

/** A second reward in the shape of the first; absent for a completion that it does not judge. */
export type PartialRewardGroups = readonly (readonly (number | undefined)[])[];

/**
 * Advantages from two rewards.
 *
 * @param groups First reward of each completion.
 * @param second Second reward; it is normalised among those completions of a group that have one, the rest get 0.
 * @param weight Weight of the second reward after normalisation.
 */
export function gdpo(
  groups: RewardGroups,
  second: PartialRewardGroups,
  weight: number,
): number[][] {
  const sums = groups.map((rewards, g) => {
    const [first, other] = [zScores(rewards), partialZScores(second[g]!)];
    return first.map((score, i) => score + weight * other[i]!);
  });
  return normalizeBatch(sums);
}

function partialZScores(values: readonly (number | undefined)[]): number[] {
  const scores = zScores(values.filter((value) => value !== undefined));
  let next = 0;
  return values.map((value) => value === undefined ? 0 : scores[next++]!);
}
