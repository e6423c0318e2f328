/**
 * From a round's episodes to the mini-batches of an update.
 *
 * Roles are treated apart all the way: advantages, normalisation and token weights never mix them.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";
import type { RlConfig } from "../config/mod.ts";
import { ADVANTAGE_ESTIMATORS, gdpo, isInformative } from "./advantages/mod.ts";
import type { Baselines, EpisodeGroup, Role, WeightedGroup } from "./episodes.ts";
import { ROLES } from "./episodes.ts";
import { tokenWeights } from "./weights.ts";

/** An update ready to be run, and what it left out. */
export interface UpdatePlan {
  /** Groups of each optimiser step. */
  readonly miniBatches: readonly (readonly WeightedGroup[])[];
  /** To be handed to the next call. */
  readonly baselines: Baselines;
  /** `<role>.zeroVarianceShare` and `<role>.trainedTokens`. */
  readonly metrics: Readonly<Record<string, number>>;
}

interface Judged {
  readonly group: EpisodeGroup;
  readonly advantages: readonly number[];
}

/**
 * Computes advantages, drops groups without a gradient, and deals the rest into mini-batches.
 *
 * A fixer group is dropped if all its completions earned the same by their content; a generator group if all its advantages are 0.
 * Advantages are taken over the whole round before anything is dropped. Text that was not sampled is not compared with
 * anything: its reward is its advantage.
 *
 * @param groups Groups of one round, all roles.
 * @param config Section `rl`.
 * @param state `baselines` of the update before; `rng` decides which groups share a mini-batch.
 */
export function assembleUpdate(
  groups: readonly EpisodeGroup[],
  config: RlConfig,
  state: { readonly baselines: Baselines; readonly rng: Rng },
): UpdatePlan {
  const metrics: Record<string, number> = {};
  const baselines: Record<Role, number> = { ...state.baselines };
  const dealt: Judged[][] = Array.from({ length: config.miniBatches }, () => []);
  for (const role of ROLES) {
    const own = groups.filter((group) => group.role === role);
    const sampled = own.filter((group) => !isSupervised(group));
    const { values, baseline } = advantagesOf(role, sampled, config, baselines[role]);
    baselines[role] = baseline;
    const moving = sampled.map((group, g) => ({ group, advantages: values[g]! }))
      .filter(hasGradient);
    const kept = [
      ...moving,
      ...own.filter(isSupervised).map((group) => ({ group, advantages: rewardsOf(group) })),
    ];
    metrics[`${role}.zeroVarianceShare`] = 1 - moving.length / Math.max(1, sampled.length);
    metrics[`${role}.trainedTokens`] = kept.reduce((sum, { group }) => sum + tokensOf(group), 0);
    state.rng.fork(role).shuffle(kept)
      .forEach((item, i) => dealt[i % config.miniBatches]!.push(item));
  }
  const miniBatches = dealt.filter((batch) => batch.length > 0)
    .map((batch) => weighMiniBatch(batch, config));
  return { miniBatches, baselines, metrics };
}

function advantagesOf(
  role: Role,
  groups: readonly EpisodeGroup[],
  config: RlConfig,
  baseline: number,
): { values: readonly (readonly number[])[]; baseline: number } {
  const rewards = groups.map(rewardsOf);
  const name = role === "generator" ? config.generatorAdvantage : config.fixerAdvantage;
  if (name !== "gdpo") return ADVANTAGE_ESTIMATORS[name](rewards, baseline);
  const similarities = groups.map(({ episodes }) => episodes.map(({ similarity }) => similarity));
  return { values: gdpo(rewards, similarities, config.similarityWeight), baseline };
}

function hasGradient({ group, advantages }: Judged): boolean {
  const moves = advantages.some((advantage) => Math.abs(advantage) > 1e-9);
  return moves && (group.role === "generator" || isInformative(outcomesOf(group)));
}

function isSupervised({ episodes }: EpisodeGroup): boolean {
  return episodes.every(({ logprobs }) => logprobs === undefined);
}

function outcomesOf({ episodes }: EpisodeGroup): number[] {
  return episodes.map(({ outcome, reward }) => outcome ?? reward);
}

function rewardsOf({ episodes }: EpisodeGroup): number[] {
  return episodes.map(({ reward }) => reward);
}

function tokensOf({ episodes }: EpisodeGroup): number {
  return episodes.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

function weighMiniBatch(batch: readonly Judged[], config: RlConfig): WeightedGroup[] {
  const roleWeights = { generator: config.generatorWeight, fixer: config.fixerWeight };
  return ROLES.flatMap((role) => {
    const own = batch.filter(({ group }) => group.role === role);
    const lengths = own.flatMap(({ group }) => group.episodes.map(({ tokens }) => tokens.length));
    const weights = tokenWeights(lengths, roleWeights[role], config.aggregation);
    return own.map(({ group, advantages }) => ({
      role,
      id: group.id,
      prompt: group.prompt,
      completions: group.episodes.map(({ tokens }) => tokens),
      oldLogprobs: group.episodes.map(({ logprobs }) => logprobs),
      advantages,
      tokenWeights: weights.splice(0, group.episodes.length),
    }));
  });
}
