/**
 * Verifying tasks in the sandbox: all of them in batches, and those that are shipped one by one.
 *
 * @module
 */
import type { Sandbox } from "../sandbox/mod.ts";
import type { CallCase, Task } from "../tasks/mod.ts";
import type { Evaluate, Outcome } from "./evaluate.ts";
import { differ } from "./pin.ts";

function casesOf(task: Task): CallCase[] {
  return [task.tests, task.hiddenTests].flatMap((t) => t?.kind === "cases" ? t.cases : []);
}

function fails(cases: readonly CallCase[], outcomes: readonly Outcome[] | undefined): boolean {
  return cases.some(({ expected }, i) =>
    outcomes === undefined || differ(outcomes[i]!, { kind: "value", value: expected })
  );
}

/**
 * Runs all solutions against all their cases twice, many programs in a process; the second time in reverse order, so
 * that neither a neighbour nor an earlier call can matter.
 *
 * @returns The ids of tasks whose solution did not pass both times.
 */
export async function verifyTogether(
  evaluate: Evaluate,
  tasks: readonly Task[],
): Promise<string[]> {
  const failed = new Set<string>();
  const forward = tasks.map((task) => ({ task, cases: casesOf(task) }));
  const backward = forward.map(({ task, cases }) => ({ task, cases: cases.toReversed() }));
  for (const round of [forward, backward.toReversed()]) {
    const batch = round.map(({ task, cases }) => ({
      code: task.solution,
      inputs: cases.map((item) => item.args),
    }));
    const outcomes = await evaluate(batch);
    round.forEach(({ task, cases }, i) => {
      if (fails(cases, outcomes[i])) failed.add(task.id);
    });
  }
  return [...failed].sort();
}

/**
 * Runs each solution against all its cases twice, each time in a process of its own, as a model's program is judged.
 *
 * @param atOnce Tasks in flight.
 * @returns The ids of tasks whose solution did not pass both times.
 */
export async function verifyAlone(
  sandbox: Sandbox,
  tasks: readonly Task[],
  atOnce: number,
): Promise<string[]> {
  const failed = new Set<string>();
  const queue = tasks.values();
  const worker = async (): Promise<void> => {
    for (const task of queue) {
      const cases = casesOf(task);
      for (const order of [cases, cases.toReversed()]) { // the sandbox remembers what it has seen
        const { solution: source, language, entry } = task;
        const verdict = await sandbox.runCases({ source, language, entry, cases: order });
        if (verdict.kind !== "passed") failed.add(task.id);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return [...failed].sort();
}
