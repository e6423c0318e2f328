/**
 * Hand-made evaluations.
 *
 * @module
 */
import type { ItemResult } from "../../src/bench/mod.ts";

/** Results by source, a digit a task: 1 if the bug was fixed, 0 if not. */
export function itemResults(fixed: Readonly<Record<string, string>>): ItemResult[] {
  return Object.entries(fixed).flatMap(([source, digits]) =>
    [...digits].map((digit, t) => ({
      id: `${source}-${t}`,
      taskId: `task-${t}`,
      source,
      attempts: 1,
      passed: Number(digit),
      visible: Number(digit),
      ...(digit === "1" && { changedLines: 1 }),
    }))
  );
}
