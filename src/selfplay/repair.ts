/**
 * The second half of a round: bugs are repaired, and the tests say which repairs are right.
 *
 * @module
 */
import type { SelfplayConfig } from "../config/mod.ts";
import { judgeReply } from "../prompts/mod.ts";
import { editStats } from "../tasks/mod.ts";
import type { Completion, Game, PlayedBug, Repair, RepairGroup } from "./types.ts";

/** Repairs as sampled, before they are judged. */
export interface RepairDraft {
  readonly bug: PlayedBug;
  /** Token ids. */
  readonly prompt: readonly number[];
  readonly completions: readonly Completion[];
}

/**
 * Samples `repairsPerBug` repairs of each bug.
 *
 * @param draw Number of the draw, so that sampling a bug again gives other repairs.
 */
export async function sampleRepairs(
  game: Game,
  bugs: readonly PlayedBug[],
  config: SelfplayConfig,
  draw = 0,
): Promise<RepairDraft[]> {
  const asked = bugs.map((bug) => ({
    bug,
    prompt: game.format.fixPrompt(bug.task, bug),
    seed: game.rng.fork("fix", draw, bug.task.id, bug.code).seed32(),
  }));
  const sampled = await game.policy.sample(
    asked.map(({ prompt, seed }) => ({ prompt, seed, count: config.repairsPerBug })),
    { maxTokens: config.maxTokens, temperature: config.temperature, topP: 1, topK: 0 },
  );
  return asked.map(({ bug, prompt }, i) => ({ bug, prompt, completions: sampled[i]! }));
}

/** Judges all repairs at once, each by the visible tests and, if they pass, by the hidden ones. */
export async function judgeRepairs(
  game: Game,
  drafts: readonly RepairDraft[],
  config: SelfplayConfig,
): Promise<RepairGroup[]> {
  return await Promise.all(drafts.map(async ({ bug, prompt, completions }) => ({
    bug,
    prompt,
    repairs: await Promise.all(
      completions.map((completion) => judgeRepair(game, bug, completion, config.gateWallMs)),
    ),
  })));
}

async function judgeRepair(
  game: Game,
  bug: PlayedBug,
  completion: Completion,
  wallMs: number,
): Promise<Repair> {
  const context = { format: game.format, run: game.run, wallMs, screened: true };
  const judged = await judgeReply(context, bug.task, completion);
  if (judged.code === undefined) return { completion, passed: false };
  const { changedLines } = editStats(bug.code, judged.code);
  return { completion, ...judged, changedLines };
}
