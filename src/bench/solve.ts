/**
 * Solving tasks from scratch: what a model can do without a bug to start from.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import { judgeReply } from "../prompts/mod.ts";
import type { RunTests, Task } from "../tasks/mod.ts";
import type { EvaluateSettings, Fixer, ItemResult } from "./evaluate.ts";

/**
 * Asks for solutions of tasks and judges them by visible and hidden tests.
 *
 * @param run Runs a program against tests, in the sandbox.
 * @returns A result a task; its source is `solve`.
 */
export async function evaluateSolving(
  { format, sample }: Fixer,
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
    return {
      id: task.id,
      taskId: task.id,
      source: "solve",
      attempts: judged.length,
      passed: judged.filter(({ passed }) => passed).length,
      visible: judged.filter(({ verdict }) => verdict?.kind === "passed").length,
    };
  }));
}
