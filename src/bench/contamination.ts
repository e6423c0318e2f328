/**
 * Whether a model may have seen a bench: tasks that stand, word for word or nearly, in files it was trained on.
 *
 * @module
 */
import { z } from "zod";
import {
  Language,
  readJsonl,
  type Task,
  type TaskProgram,
  tasksNear,
  tryCanonical,
} from "../tasks/mod.ts";
import type { Estimate } from "./estimators.ts";
import { type ItemResult, summarizeEvaluation } from "./evaluate.ts";
import type { BenchItem } from "./items.ts";

/** What of a bench stands in training files. */
export interface Contamination {
  /** Tasks of the bench. */
  readonly tasks: number;
  /** Tasks whose problem or solution stands there, up to layout and comments. */
  readonly same: readonly string[];
  /** Other tasks with a solution that is nearly one of the programs there. */
  readonly near: readonly string[];
  /** The mean fix rate over sources on the bugs of all other tasks; absent if there are none. */
  readonly clean?: Estimate & { readonly n: number };
}

const TrainingRecord = z.looseObject({
  language: Language.optional(),
  problem: z.string().optional(),
  solution: z.string().optional(),
  buggy: z.string().optional(),
  task: z.looseObject({
    language: Language,
    problem: z.string().optional(),
    solution: z.string().optional(),
  }).optional(),
});

/** What a training file holds. */
export interface TrainingText {
  readonly problems: ReadonlySet<string>;
  readonly programs: readonly Omit<TaskProgram, "taskId">[];
}

/**
 * Reads files of tasks or bugs that a model was trained on. A bug without its task counts as JavaScript.
 *
 * @throws {ConfigError} If a file cannot be read or a line is no JSON object.
 */
export async function readTrainingText(paths: readonly string[]): Promise<TrainingText> {
  const problems = new Set<string>();
  const programs: Omit<TaskProgram, "taskId">[] = [];
  for (const path of paths) {
    for await (const { task, ...record } of readJsonl(path, TrainingRecord)) {
      const language = task?.language ?? record.language ?? "js";
      for (const problem of [record.problem, task?.problem]) {
        if (problem) problems.add(words(problem));
      }
      for (const code of [record.solution, record.buggy, task?.solution]) {
        if (code) programs.push({ code, language });
      }
    }
  }
  return { problems, programs };
}

/**
 * Compares a bench with training files.
 *
 * @param results Of the items.
 * @param seed Seed of the bootstrap.
 */
export function findContamination(
  items: readonly BenchItem[],
  results: readonly ItemResult[],
  { problems, programs }: TrainingText,
  seed: number,
): Contamination {
  const tasks = [...new Map(items.map(({ task }) => [task.id, task])).values()];
  const known = new Set(programs.map(({ code, language }) => tryCanonical(code, language)));
  const isSame = ({ problem, solution, language }: Task): boolean =>
    problems.has(words(problem)) || known.has(tryCanonical(solution, language) ?? solution);
  const same = tasks.filter(isSame).map(({ id }) => id);
  const solutions = tasks.map(({ id, solution, language }) => ({
    taskId: id,
    code: solution,
    language,
  }));
  const found = new Set(same);
  const near = [...tasksNear(solutions, programs)].filter((id) => !found.has(id));
  for (const id of near) found.add(id);
  const rest = results.filter(({ taskId }) => !found.has(taskId));
  const clean = { n: rest.length, ...summarizeEvaluation(rest, seed).mean };
  return { tasks: tasks.length, same, near, ...(rest.length > 0 && { clean }) };
}

/** A problem's words, without layout and case. */
function words(problem: string): string {
  return problem.toLowerCase().match(/[\p{L}\p{N}]+/gu)?.join(" ") ?? problem;
}
