/**
 * From a played round to the episodes that the update reads.
 *
 * @module
 */
import type { SelfplayConfig } from "../config/mod.ts";
import { type EpisodeGroup, overlongPenalty } from "../rl/mod.ts";
import { METHODS } from "./methods.ts";
import { passRate } from "./replay.ts";
import { GENERATOR_REWARDS } from "./rewards/mod.ts";
import type { ScoredGroup } from "./score.ts";
import type { Game, PlayedBug, RepairGroup } from "./types.ts";

/** The generator's episodes: one group a program; none where the policy was not the generator. */
export function generatorEpisodes(game: Game, groups: readonly ScoredGroup[]): EpisodeGroup[] {
  const { generator, similarity } = METHODS[game.method];
  if (generator !== "policy") return [];
  return groups.map(({ task, prompt, attempts }) => ({
    role: "generator" as const,
    id: task.id,
    prompt,
    episodes: attempts.map(({ attempt, reward, anchor }) => ({
      tokens: attempt.completion!.tokens,
      logprobs: attempt.completion!.logprobs,
      reward,
      ...(similarity === "percentile" && anchor && { similarity: anchor.percentile }),
    })),
  }));
}

/**
 * The fixer's episodes: one group a bug. A repair earns 1 if visible and hidden tests pass, else 0, less the penalty for
 * length where there is one.
 */
export function fixerEpisodes(
  groups: readonly RepairGroup[],
  { maxTokens, overlongBuffer }: SelfplayConfig,
): EpisodeGroup[] {
  return groups.map(({ bug, prompt, repairs }, i) => ({
    role: "fixer" as const,
    id: `${bug.task.id}#${i}`,
    prompt,
    episodes: repairs.map(({ completion: { tokens, logprobs }, passed }) => {
      const outcome = passed ? 1 : 0;
      const penalty = overlongPenalty(tokens.length, maxTokens, overlongBuffer);
      return { tokens, logprobs, outcome, reward: outcome + penalty };
    }),
  }));
}

/**
 * Reference bugs as if the generator had made them, where `mixedGenerator` is on: the ablation of arXiv:2607.03523 that
 * updates both roles on mixed bugs. Nothing was sampled and a group has one bug, so its reward is its advantage.
 */
export function mixedGeneratorEpisodes(
  { format }: Game,
  groups: readonly RepairGroup[],
  { mixedGenerator, reward }: SelfplayConfig,
): EpisodeGroup[] {
  const mixed = mixedGenerator ? groups.filter(({ bug }) => bug.origin === "reference") : [];
  return mixed.map((group, i) => ({
    role: "generator" as const,
    id: `${group.bug.task.id}#mixed-${i}`,
    prompt: format.breakPrompt(group.bug.task, { kind: "plain" }),
    episodes: [{
      tokens: format.replyWith(group.bug.code),
      reward: GENERATOR_REWARDS[reward](passRate(group)),
    }],
  }));
}

/** Supervised episodes: the solution of each bug's task as the one right repair. */
export function supervisedEpisodes(game: Game, bugs: readonly PlayedBug[]): EpisodeGroup[] {
  return bugs.map((bug, i) =>
    solutionAsRepair(game, bug, { id: `${bug.task.id}#${i}`, reward: 1 })
  );
}

/**
 * Demonstrations: the solution as one more repair of each bug that no sampled repair solved.
 *
 * Such groups have no gradient of their own, though the program that was broken is a repair that passes. After LUFFY
 * (arXiv:2504.14945, section 3.1), where an off-policy answer joins a group that fails; its mean-only advantage beside K
 * failures is K / (K + 1). The failures are left out here: they need not be wrong everywhere.
 *
 * @param weight The demonstration's advantage; 0 gives none.
 */
export function demonstrationEpisodes(
  game: Game,
  groups: readonly RepairGroup[],
  weight: number,
): EpisodeGroup[] {
  if (weight === 0) return [];
  return groups.flatMap((group, i) =>
    group.repairs.some(({ passed }) => passed)
      ? []
      : [solutionAsRepair(game, group.bug, { id: `${group.bug.task.id}#${i}=`, reward: weight })]
  );
}

function solutionAsRepair(
  game: Game,
  bug: PlayedBug,
  { id, reward }: { id: string; reward: number },
): EpisodeGroup {
  const episodes = [{ tokens: game.format.replyWith(bug.task.solution), reward }];
  return { role: "fixer", id, prompt: game.format.fixPrompt(bug.task, bug), episodes };
}
