/**
 * Policy losses that are not computed on the GPU: sequence-level ratios (GSPO), clipped weights (CISPO), other penalties.
 *
 * @module
 */
import type { RlConfig } from "../config/mod.ts";
import type { PackedBatch } from "../model/mod.ts";
import type { PairInputs } from "./learner.ts";
import { klEstimate, POLICY_LOSSES } from "./losses/mod.ts";

/** A loss as the learner can apply it. */
export interface HostLoss {
  /** Weights of a likelihood with this loss's gradient: -dL/dlogp, `[P]`. */
  readonly weight: Float32Array<ArrayBuffer>;
  /** Loss, ratio, 1 if clipped, penalty, `[P, 4]`. */
  readonly terms: Float32Array<ArrayBuffer>;
}

/** Computes `config.loss` and its penalty for every completion of a batch. */
export function hostGradient(
  packed: PackedBatch,
  given: { logp: Float32Array; inputs: PairInputs; config: RlConfig },
): HostLoss {
  const { logp, inputs, config } = given;
  const { clipLow, clipHigh, dualClip } = config;
  const count = packed.pairRow.length;
  const weight = new Float32Array(count);
  const terms = new Float32Array(count * 4);
  for (const pairs of pairsOfCompletions(packed)) {
    const own = pairs.map((p) => logp[p]!);
    const oldLogp = pairs.map((p) => inputs.old?.[p] ?? logp[p]!);
    const advantage = inputs.advantage![pairs[0]!]!;
    const input = { logp: own, oldLogp, advantage };
    const losses = POLICY_LOSSES[config.loss](input, { clipLow, clipHigh, dualClip });
    pairs.forEach((p, t) => {
      const factor = inputs.weight[p]!;
      const penalty = inputs.reference && config.klWeight > 0
        ? klEstimate(config.klForm, logp[p]!, inputs.reference[p]!)
        : { value: 0, dlogp: 0 };
      weight[p] = -factor * (losses.dlogp[t]! + config.klWeight * penalty.dlogp);
      const loss = factor * (losses.loss[t]! + config.klWeight * penalty.value);
      const ratio = Math.exp(own[t]! - oldLogp[t]!);
      terms.set([loss, ratio, losses.clipped[t] ? 1 : 0, penalty.value], p * 4);
    });
  }
  return { weight, terms };
}

/** Predictions of each completion in the order of its tokens. */
function pairsOfCompletions({ pairCompletion, pairOffset }: PackedBatch): number[][] {
  const completions: number[][] = [];
  pairCompletion.forEach((completion, p) => {
    (completions[completion] ??= [])[pairOffset[p]!] = p;
  });
  return completions;
}
