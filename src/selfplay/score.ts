/**
 * What each attempt of the generator earns.
 *
 * @module
 */
import type { SelfplayConfig } from "../config/mod.ts";
import { canonicalForm } from "../tasks/mod.ts";
import { type AnchorScore, editOf } from "./anchor.ts";
import { METHODS } from "./methods.ts";
import { shapeRewards } from "./paper_shaping.ts";
import { passRate } from "./replay.ts";
import { GENERATOR_REWARDS, invalidReward } from "./rewards/mod.ts";
import type { AttemptGroup, BugAttempt, Game, RepairGroup } from "./types.ts";

/** An attempt with what it earned. */
export interface ScoredAttempt {
  readonly attempt: BugAttempt;
  /** Of the base reward and, in `asp-paper`, the shaping. */
  readonly reward: number;
  /** Share of repairs that passed; valid bugs only. */
  readonly rho?: number;
  /** Nearness to the references; valid bugs only, and only where there is an anchor. */
  readonly anchor?: AnchorScore;
}

/** The scored attempts on one program. */
export interface ScoredGroup extends Omit<AttemptGroup, "attempts"> {
  readonly attempts: readonly ScoredAttempt[];
}

/**
 * Scores all attempts of a round; `archive.similarityBaseline` moves where the method uses it.
 *
 * @param groups The attempts.
 * @param repairs The first repairs of each valid bug.
 */
export async function scoreAttempts(
  game: Game,
  groups: readonly AttemptGroup[],
  repairs: readonly RepairGroup[],
  config: SelfplayConfig,
): Promise<ScoredGroup[]> {
  const rhos = new Map(
    repairs.map((group) => [keyOf(group.bug.task.id, group.bug.code), passRate(group)]),
  );
  const valid = groups.flatMap(({ task, attempts }) =>
    attempts.flatMap(({ outcome }) => outcome.ok ? [{ task, code: outcome.code }] : [])
  );
  const edits = valid.map(({ task, code }) =>
    editOf(task.id, canonicalForm(task.solution, task.language), code)
  );
  const scores = await game.anchor?.score(edits) ?? [];
  const bonuses = paperBonuses(game, scores);
  const total = groups.reduce((sum, { attempts }) => sum + attempts.length, 0);
  const lifted = METHODS[game.method].stabilisers ? valid.length / Math.max(1, total) : 1;
  const invalid = invalidReward(lifted);
  let next = 0;
  const scoreOne = (taskId: string, attempt: BugAttempt): ScoredAttempt => {
    if (!attempt.outcome.ok) return { attempt, reward: invalid };
    const [anchor, bonus] = [scores[next], bonuses[next] ?? 0];
    next++;
    const rho = rhos.get(keyOf(taskId, attempt.outcome.code))!;
    const reward = GENERATOR_REWARDS[config.reward](rho) + bonus;
    return { attempt, rho, reward, ...(anchor && { anchor }) };
  };
  return groups.map((group) => ({
    ...group,
    attempts: group.attempts.map((attempt) => scoreOne(group.task.id, attempt)),
  }));
}

function keyOf(taskId: string, code: string): string {
  return `${taskId}\n${code}`;
}

/** The published bonus of each valid bug; none for other methods. */
function paperBonuses(game: Game, scores: readonly AnchorScore[]): readonly number[] {
  if (METHODS[game.method].similarity !== "paper" || scores.length === 0) return [];
  const { archive } = game;
  const { bonuses, baseline } = shapeRewards(
    scores.map(({ similarity }) => similarity),
    archive.similarityBaseline,
  );
  archive.similarityBaseline = baseline;
  return bonuses;
}
