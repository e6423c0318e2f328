/**
 * A few tasks with bugs of two sources, as a file of bugs holds them.
 *
 * @module
 */
import type { BenchItem } from "../../src/bench/mod.ts";
import { type Bug, canonicalForm, type Task } from "../../src/tasks/mod.ts";

const SOLUTIONS = [
  "function f(xs) {\n  let s = 0;\n  for (const x of xs) s += x;\n  return s;\n}",
  "function f(xs) {\n  let s = 1;\n  for (const x of xs) s *= x;\n  return s;\n}",
  "function f(xs) {\n  let s = 0;\n  for (const x of xs) if (x > 2) s += 1;\n  return s;\n}",
];

/** For each solution, a line that is replaced by a person and one that is replaced by a model. */
const EDITS: readonly (readonly (readonly [string, string])[])[] = [
  [["let s = 0", "let s = 1"], ["s += x", "s -= x"]],
  [["let s = 1", "let s = 0"], ["s *= x", "s += x"]],
  [["x > 2", "x >= 2"], ["s += 1", "s -= 1"]],
];

const INPUTS = [[], [1, 2], [2, 3, 4], [5]];
const EXPECTED = [[0, 3, 9, 5], [1, 2, 24, 5], [0, 0, 2, 1]];

/** Tasks `t0` to `t2`, tested by four calls each. */
export function smallTasks(): Task[] {
  return SOLUTIONS.map((solution, t) => ({
    id: `t${t}`,
    origin: "test",
    license: "Apache-2.0",
    language: "js",
    entry: "f",
    problem: "Combine the numbers.",
    solution,
    tests: {
      kind: "cases",
      cases: INPUTS.map((xs, i) => ({ args: [xs], expected: EXPECTED[t]![i]! })),
    },
    split: "test",
  }));
}

/** A bug from a person and one from a model for each task, without the tasks themselves. */
export function smallBugs(): Bug[] {
  return SOLUTIONS.flatMap((solution, t) =>
    ["human", "lm:weak"].map((source, i) => ({
      id: `${source}-${t}`,
      taskId: `t${t}`,
      source,
      origin: "test",
      license: "Apache-2.0",
      buggy: solution.replace(...EDITS[t]![i] as [string, string]),
    }))
  );
}

/** The bugs with their tasks, as a bench holds them. */
export function smallItems(): BenchItem[] {
  const tasks = new Map(smallTasks().map((task) => [task.id, task]));
  return smallBugs().map(({ id, taskId, source, buggy }) => ({
    id,
    source,
    task: tasks.get(taskId)!,
    code: canonicalForm(buggy),
  }));
}
