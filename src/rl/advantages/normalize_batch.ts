/**
 * Normalisation over all completions of a role.
 *
 * @module
 */
import { zScores } from "./moments.ts";

/** All values z-scored together, in the shape given. */
export function normalizeBatch(groups: readonly (readonly number[])[]): number[][] {
  const scores = zScores(groups.flat());
  let next = 0;
  return groups.map((group) => group.map(() => scores[next++]!));
}
