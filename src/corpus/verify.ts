/**
 * Verifying tasks one by one in the sandbox, as a model's program is judged.
 *
 * @module
 */
import type { Sandbox } from "../sandbox/mod.ts";
import type { CallCase, Task } from "../tasks/mod.ts";

function casesOf(task: Task): CallCase[] {
  return [task.tests, task.hiddenTests].flatMap((t) => t?.kind === "cases" ? t.cases : []);
}

/**
 * Runs each solution against all its cases twice, the second time in reverse order and with nothing remembered.
 *
 * @param atOnce Tasks in flight.
 * @param onTask Told after each task.
 * @returns The ids of tasks whose solution did not pass both times.
 */
export async function verifyTasks(
  sandbox: Sandbox,
  tasks: readonly Task[],
  atOnce: number,
  onTask: (done: number) => void = () => {},
): Promise<string[]> {
  const failed: string[] = [];
  let [next, done] = [0, 0];
  const worker = async (): Promise<void> => {
    while (next < tasks.length) {
      const task = tasks[next++]!;
      const cases = casesOf(task);
      for (const order of [cases, cases.toReversed()]) {
        const { solution: source, language, entry } = task;
        const verdict = await sandbox.runCases({ source, language, entry, cases: order });
        if (verdict.kind !== "passed" && !failed.includes(task.id)) failed.push(task.id);
      }
      onTask(++done);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return failed;
}
