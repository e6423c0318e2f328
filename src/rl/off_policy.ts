/**
 * Off-policy correction for stale rollouts: truncated importance sampling, decoupled from the loss's own ratio.
 *
 *   w[t] = min(exp(proximal[t] - sampled[t]), cap)
 *   L[t] = w[t] * loss(exp(logp[t] - proximal[t]))
 *
 * `sampled` are the log-probabilities of the policy that wrote the rollouts, `proximal` those of the policy as the update
 * finds it, `logp` those of the policy as the update moves it. So clipping bounds the update's own steps alone, and the
 * weight, truncated to bound its variance (Ionides 2008), accounts for the rollouts' age (Hilton et al. 2021,
 * arXiv:2110.00641; AReaL, arXiv:2505.24298). A penalty towards a reference policy is weighted alike.
 *
 * @module
 */
import { packGroups, splitMicroBatches } from "../model/mod.ts";
import { isSampled, type WeightedGroup } from "./episodes.ts";
import type { Learner } from "./learner.ts";

/** Groups with their weights, and how large these are. */
export interface Corrected {
  readonly miniBatches: readonly (readonly WeightedGroup[])[];
  /** `importance.mean` and `importance.truncatedShare` over all tokens. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The weight of each token of one completion. */
export function truncatedWeights(
  proximal: ArrayLike<number>,
  sampled: ArrayLike<number>,
  cap: number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: proximal.length },
    (_, t) => Math.min(Math.exp(proximal[t]! - sampled[t]!), cap),
  );
}

/**
 * Weights stale rollouts and takes the policy as it is for the one that the loss's ratios refer to.
 *
 * Text that was not sampled has no age and stays as it is.
 *
 * @param cap Largest weight.
 */
export async function correctStale(
  learner: Learner,
  miniBatches: readonly (readonly WeightedGroup[])[],
  cap: number,
): Promise<Corrected> {
  const total = { tokens: 0, weight: 0, truncated: 0 };
  const corrected: WeightedGroup[][] = [];
  for (const groups of miniBatches) {
    const sampled = groups.filter(isSampled);
    const proximal = await scoreGroups(learner, sampled);
    const own = sampled.map((group, g) => {
      const importance = group.oldLogprobs.map((old, i) =>
        truncatedWeights(proximal[g]![i]!, old!, cap)
      );
      for (const weight of importance.flatMap((weights) => [...weights])) {
        total.tokens++;
        total.weight += weight;
        if (weight >= Math.fround(cap)) total.truncated++;
      }
      return { ...group, oldLogprobs: proximal[g]!, importance };
    });
    corrected.push([...own, ...groups.filter((group) => !isSampled(group))]);
  }
  const tokens = Math.max(1, total.tokens);
  return {
    miniBatches: corrected,
    metrics: {
      "importance.mean": total.weight / tokens,
      "importance.truncatedShare": total.truncated / tokens,
    },
  };
}

/** Log-probabilities under the policy as it is, `[groups][completions][tokens]`. */
async function scoreGroups(
  learner: Learner,
  groups: readonly WeightedGroup[],
): Promise<Float32Array[][]> {
  const { rows, pairs } = learner.capacity;
  const scored: Float32Array[][] = [];
  for (const part of splitMicroBatches(groups, Math.min(rows, pairs))) {
    const packed = packGroups(part);
    const { logp } = await learner.score(packed);
    const flat = part.flatMap(({ completions }) =>
      completions.map((tokens) => new Float32Array(tokens.length))
    );
    packed.pairCompletion.forEach((completion, p) => {
      flat[completion]![packed.pairOffset[p]!] = logp[p]!;
    });
    for (const { completions } of part) scored.push(flat.splice(0, completions.length));
  }
  return scored;
}
