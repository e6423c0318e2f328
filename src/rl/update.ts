/**
 * The update: mini-batches of weighted groups become optimiser steps.
 *
 * The clipped loss, with or without the k3 penalty, is computed on the GPU beside the head. The other losses and
 * penalties are computed on the host from the log-probabilities of an extra forward pass, and reach the GPU as weights
 * of a likelihood whose gradient is theirs.
 *
 * @module
 */
import type { RlConfig } from "../config/mod.ts";
import { type PackedBatch, packGroups, type Scorer, splitMicroBatches } from "../model/mod.ts";
import { isSampled, type WeightedGroup } from "./episodes.ts";
import type { Learner, PairInputs, PairOutputs } from "./learner.ts";
import { hostGradient, type HostLoss } from "./host_gradient.ts";
import { correctStale } from "./off_policy.ts";
import { type TokenRecord, updateMetrics } from "./update_metrics.ts";

/** Largest |ratio - 1| that the first mini-batch may show: one engine samples and trains. */
const MOST_DISAGREEMENT = 1e-3;

/** What an update runs on. */
export interface UpdateSettings {
  /** Section `rl`. */
  readonly config: RlConfig;
  /** Learning rate. */
  readonly rate: number;
  /** Scores under the frozen reference policy; needed where `klWeight` is not 0. */
  readonly reference?: Scorer;
}

/**
 * Takes one optimiser step for each mini-batch.
 *
 * @returns Metrics by name: `loss`, `ratio.max`, `ratio.firstDeviation`, `clipFraction`, `kl`, `entropy` and by role,
 *   `gradNorm`, `trainedTokens`; with an importance cap also `importance.mean`, `importance.truncatedShare`.
 * @throws {Error} If sampler and trainer disagree on the first mini-batch.
 */
export async function runUpdate(
  learner: Learner,
  miniBatches: readonly (readonly WeightedGroup[])[],
  settings: UpdateSettings,
): Promise<Record<string, number>> {
  const records: TokenRecord[] = [];
  const norms: number[] = [];
  const { config: { importanceCap } } = settings;
  const { miniBatches: batches, metrics } = importanceCap > 0
    ? await correctStale(learner, miniBatches, importanceCap)
    : { miniBatches, metrics: {} };
  for (const [index, groups] of batches.entries()) {
    const parts = microBatches(learner, groups);
    const pending = [];
    for (const part of parts) pending.push(await encodeMicroBatch(learner, part, settings));
    const own = await Promise.all(pending.map(({ record }) => record));
    if (index === 0) checkAgreement(own);
    records.push(...own.map((record) => ({ ...record, first: index === 0 })));
    norms.push(await learner.step(settings.rate));
  }
  return { ...updateMetrics(records, norms), ...metrics };
}

/** Micro-batches of sampled groups, then of those that were not sampled: within one, all have a ratio or none has. */
function microBatches(learner: Learner, groups: readonly WeightedGroup[]): WeightedGroup[][] {
  const { rows, pairs } = learner.capacity;
  return [true, false].flatMap((sampled) =>
    splitMicroBatches(
      groups.filter((group) => isSampled(group) === sampled),
      Math.min(rows, pairs),
    )
  );
}

/** Starts a micro-batch's gradients; the outer promise resolves once they are submitted. */
async function encodeMicroBatch(
  learner: Learner,
  groups: readonly WeightedGroup[],
  settings: UpdateSettings,
): Promise<{ record: Promise<TokenRecord> }> {
  const { config, reference } = settings;
  const packed = packGroups(groups);
  const pairs = pairInputs(packed, groups);
  const roles = roleOfPairs(packed, groups);
  const referenceLogp = config.klWeight > 0 ? await reference?.score(packed) : undefined;
  if (config.klWeight > 0 && !referenceLogp) {
    throw new TypeError("Cannot run the update: a penalty needs a reference policy");
  }
  const inputs = { ...pairs, ...(referenceLogp && { reference: referenceLogp }) };
  const onGpu = config.loss === "clip" && (config.klWeight === 0 || config.klForm === "k3");
  const submitted = onGpu
    ? learner.accumulate(packed, inputs, {
      low: config.clipLow,
      high: config.clipHigh,
      dual: config.dualClip,
      kl: config.klWeight,
    })
    : await accumulateOnHost(learner, packed, { inputs, config });
  return { record: Promise.resolve(submitted).then((outputs) => ({ ...outputs, roles, inputs })) };
}

async function accumulateOnHost(
  learner: Learner,
  packed: PackedBatch,
  { inputs, config }: { inputs: PairInputs; config: RlConfig },
): Promise<PairOutputs> {
  const { logp } = await learner.score(packed);
  const host: HostLoss = hostGradient(packed, { logp, inputs, config });
  const { entropy } = await learner.accumulate(packed, { weight: host.weight });
  return { logp, entropy, terms: host.terms };
}

/** Per-prediction arrays in the batch's order. */
function pairInputs(packed: PackedBatch, groups: readonly WeightedGroup[]): PairInputs {
  const completions = groups.flatMap((group) =>
    group.completions.map((_, i) => ({
      advantage: group.advantages[i]!,
      weight: group.tokenWeights[i]!,
      importance: group.importance?.[i],
      old: group.oldLogprobs[i],
    }))
  );
  const of = (p: number) => completions[packed.pairCompletion[p]!]!;
  const count = packed.pairRow.length;
  const fill = (value: (p: number) => number) =>
    Float32Array.from({ length: count }, (_, p) => value(p));
  const sampled = groups.every(isSampled);
  return {
    advantage: fill((p) => of(p).advantage),
    weight: fill((p) => of(p).weight * (of(p).importance?.[packed.pairOffset[p]!] ?? 1)),
    ...(sampled && { old: fill((p) => of(p).old![packed.pairOffset[p]!]!) }),
  };
}

/** Which role wrote each predicted token. */
function roleOfPairs(packed: PackedBatch, groups: readonly WeightedGroup[]): string[] {
  const roles = groups.flatMap((group) => group.completions.map(() => group.role));
  return Array.from(packed.pairCompletion, (completion) => roles[completion]!);
}

function checkAgreement(records: readonly TokenRecord[]): void {
  let worst = 0;
  for (const { terms, inputs } of records) {
    if (!inputs.old) continue;
    for (let p = 0; p < terms.length / 4; p++) {
      worst = Math.max(worst, Math.abs(terms[4 * p + 1]! - 1));
    }
  }
  if (worst < MOST_DISAGREEMENT) return;
  throw new Error(
    `Cannot update the policy: sampler and trainer disagree, |ratio - 1| reaches ${
      worst.toExponential(2)
    }, ` +
      `expected less than ${MOST_DISAGREEMENT}`,
  );
}
