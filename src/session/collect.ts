/**
 * A model's own mistakes: it is asked to solve tasks, and a solution that runs but fails is a bug.
 *
 * @module
 */
import { type Json, rngStream } from "../base/mod.ts";
import type { Fixer } from "../bench/mod.ts";
import type { CollectConfig } from "../config/mod.ts";
import {
  type Bug,
  Rejection,
  type RunTests,
  type Task,
  tryCanonical,
  validateBug,
} from "../tasks/mod.ts";

/** What the gate says of a program that solves its task. */
const SOLVED: readonly Rejection[] = [Rejection.PASSES, Rejection.UNCHANGED];

/** How many tasks were tried and what came of it. */
export interface Collected {
  /** One bug a task at most, in the tasks' order. */
  readonly bugs: readonly Bug[];
  /** Tasks that no sampled solution failed validly. */
  readonly without: readonly string[];
  /** Share of all solutions that pass the visible tests. */
  readonly solveRate: number;
}

/**
 * Samples solutions of every task and keeps the first that is a valid bug (ASP.md's `lm:<model>` source: arXiv:2607.03523,
 * section 2).
 *
 * @param run Runs a program against tests, in the sandbox.
 */
export async function collectMistakes<
  Prompt extends Json,
  Completion extends { readonly finished: boolean },
>(
  { format, sample }: Fixer<Prompt, Completion>,
  tasks: readonly Task[],
  run: RunTests,
  config: CollectConfig,
): Promise<Collected> {
  const { tries, temperature, maxTokens, seed, name } = config;
  const requests = tasks.map((task) => ({
    prompt: format.solvePrompt(task),
    count: tries,
    seed: rngStream(seed, "collect", task.id).seed32(),
  }));
  const options = { maxTokens, temperature, topP: 1, topK: 0 };
  const samples = await sample(requests, options);
  let solved = 0;
  const found = await Promise.all(tasks.map(async (task, i) => {
    const programs = samples[i]!.map((completion) => {
      const reply = format.readReply(completion);
      return reply.ok ? tryCanonical(reply.code, task.language) : undefined;
    });
    const counts = await judgeDistinct(task, programs, run, config.wallMs);
    solved += counts.solved;
    return counts.bug;
  }));
  const bugs = found.flatMap((buggy, i): Bug[] => buggy ? [asBug(tasks[i]!, buggy, name)] : []);
  const without = tasks.filter((_, i) => !found[i]).map(({ id }) => id);
  return { bugs, without, solveRate: solved / (tasks.length * tries) };
}

/** Number of programs that solve the task, and the first that fails it validly. */
async function judgeDistinct(
  task: Task,
  programs: readonly (string | undefined)[],
  run: RunTests,
  wallMs: number,
): Promise<{ solved: number; bug: string | undefined }> {
  const distinct = Map.groupBy(programs.filter((code) => code !== undefined), (code) => code);
  const context = { run, wallMs, seen: () => undefined };
  const outcomes = await Promise.all(
    [...distinct.keys()].map((code) => validateBug(code, task, context)),
  );
  let solved = 0;
  let bug: string | undefined;
  [...distinct].forEach(([code, copies], i) => {
    const outcome = outcomes[i]!;
    if (outcome.ok) bug ??= code;
    else if (SOLVED.includes(outcome.reason)) solved += copies.length;
  });
  return { solved, bug };
}

function asBug(task: Task, buggy: string, model: string): Bug {
  return {
    id: `${task.id}/lm:${model}`,
    taskId: task.id,
    source: `lm:${model}`,
    origin: "kedge",
    license: "Apache-2.0",
    buggy,
    author: model,
  };
}
