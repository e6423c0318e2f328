/**
 * Solving tasks from scratch: what a model can do without a bug to start from.
 *
 * @module
 */
import { type Json, rngStream } from "../base/mod.ts";
import { judgeReply } from "../prompts/mod.ts";
import { type RunTests, type Task, tryCanonical } from "../tasks/mod.ts";
import type { Estimate } from "./estimators.ts";
import {
  type EvaluateSettings,
  type Fixer,
  type ItemResult,
  type PassAtK,
  summarizeEvaluation,
} from "./evaluate.ts";

/** How many tasks were solved from scratch. */
export interface SolvingSummary extends Estimate {
  /** Number of tasks. */
  readonly n: number;
  /** Unbiased pass@k by k, for k up to the number of samples. */
  readonly passAtK: PassAtK;
  /** Share of replies that are the reference solution word for word: a high one says that a model has seen the tasks. */
  readonly verbatimShare: number;
}

/**
 * Rates of {@linkcode evaluateSolving}'s results.
 *
 * @param seed Seed of the bootstrap.
 */
export function summarizeSolving(solved: readonly ItemResult[], seed: number): SolvingSummary {
  const { mean, passAtK } = summarizeEvaluation(solved, seed);
  const shares = solved.map(({ verbatim = 0, attempts }) => verbatim / attempts);
  const verbatimShare = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  return { n: solved.length, ...mean, passAtK, verbatimShare };
}

/**
 * Asks for solutions of tasks and judges them by visible and hidden tests.
 *
 * @param run Runs a program against tests, in the sandbox.
 * @returns A result a task; its source is `solve`.
 */
export async function evaluateSolving<
  Prompt extends Json,
  Completion extends { readonly finished: boolean },
>(
  { format, sample }: Fixer<Prompt, Completion>,
  tasks: readonly Task[],
  run: RunTests,
  { samples, temperature, maxTokens, wallMs, seed }: EvaluateSettings,
): Promise<ItemResult[]> {
  const requests = tasks.map((task) => ({
    prompt: format.solvePrompt(task),
    count: samples,
    seed: rngStream(seed, "solve", task.id).seed32(),
  }));
  const replies = await sample(requests, { maxTokens, temperature, topP: 1, topK: 0 });
  return await Promise.all(tasks.map(async (task, i) => {
    const context = { format, run, wallMs };
    const judged = await Promise.all(replies[i]!.map((reply) => judgeReply(context, task, reply)));
    const reference = tryCanonical(task.solution, task.language);
    const verbatim = judged.filter(({ code }) => code !== undefined && code === reference).length;
    const truncated = replies[i]!.filter(({ finished }) => !finished).length;
    return {
      id: task.id,
      taskId: task.id,
      source: "solve",
      attempts: judged.length,
      passed: judged.filter(({ passed }) => passed).length,
      visible: judged.filter(({ verdict }) => verdict?.kind === "passed").length,
      ...(truncated > 0 && { truncated }),
      ...(verbatim > 0 && { verbatim }),
    };
  }));
}
