/**
 * Rollouts as records: every prompt, completion, outcome and reward, for people to read.
 *
 * @module
 */
import type { ScoredGroup } from "./score.ts";
import type { Game, RepairGroup } from "./types.ts";

/** One completion with all that is known about it. */
export interface Rollout {
  readonly role: "generator" | "fixer";
  readonly taskId: string;
  /** How the bug was asked for, or where the bug comes from. */
  readonly origin: string;
  readonly prompt: string;
  readonly completion: string;
  /** `valid`, or why not; of a repair `passed`, `hidden-failed`, the verdict's kind, or `no-code`. */
  readonly outcome: string;
  readonly reward: number;
  /** Share of the bug's repairs that passed. */
  readonly rho?: number;
  /** Percentile of the anchor's score. */
  readonly percentile?: number;
  /** Lines changed from the solution, or from the bug. */
  readonly changedLines?: number;
  /** The bug in canonical form, where the generator's is valid. */
  readonly code?: string;
}

/** The rollouts of the generator. */
export function generatorRollouts(game: Game, groups: readonly ScoredGroup[]): Rollout[] {
  const { format } = game;
  return groups.flatMap(({ task, prompt, style, attempts }) =>
    attempts.map(({ attempt, reward, rho, anchor }) => ({
      role: "generator" as const,
      taskId: task.id,
      origin: style,
      prompt: format.text(prompt),
      completion: attempt.completion ? format.text(attempt.completion.tokens) : attempt.source,
      outcome: attempt.outcome.ok ? "valid" : attempt.outcome.reason,
      reward,
      ...(rho !== undefined && { rho }),
      ...(anchor && { percentile: anchor.percentile }),
      ...(attempt.outcome.ok && {
        changedLines: attempt.outcome.edit.changedLines,
        code: attempt.outcome.code,
      }),
    }))
  );
}

/** The rollouts of the fixer. */
export function fixerRollouts(game: Game, groups: readonly RepairGroup[]): Rollout[] {
  const { format } = game;
  return groups.flatMap(({ bug, prompt, repairs }) =>
    repairs.map(({ completion, passed, verdict, changedLines }) => ({
      role: "fixer" as const,
      taskId: bug.task.id,
      origin: bug.source,
      prompt: format.text(prompt),
      completion: format.text(completion.tokens),
      outcome: passed
        ? "passed"
        : verdict?.kind === "passed"
        ? "hidden-failed"
        : verdict?.kind ?? "no-code",
      reward: passed ? 1 : 0,
      ...(changedLines !== undefined && { changedLines }),
    }))
  );
}
