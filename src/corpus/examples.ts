/**
 * Pretraining examples: a task asked for in the three roles, with bugs made by generic mutations.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import { type CallCase, describeFailure } from "../tasks/mod.ts";
import { isMark, type Outcome } from "./evaluate.ts";
import type { Made } from "./factory.ts";
import { differ } from "./pin.ts";

/** What a model is asked and what it should answer. */
export interface Example {
  role: "solve" | "fix" | "break";
  taskId: string;
  level: number;
  problem: string;
  /** The program shown: the buggy one to fix, the solution to break; absent to solve. */
  code?: string;
  /** The first failing visible case of the buggy program, for `fix`. */
  observation?: string;
  answer: string;
}

/** Fix examples of a task; it has one solve and one break example beside them. */
const FIXES = 4;

/** What a wrong program does on the first visible case it fails, if that can be written down. */
export function firstFailure(
  cases: readonly CallCase[],
  outcomes: readonly Outcome[],
): string | undefined {
  const at = cases.findIndex((c, i) => differ(outcomes[i]!, { kind: "value", value: c.expected }));
  const outcome = outcomes[at];
  if (outcome === undefined || outcome.kind === "endless") return undefined;
  if (outcome.kind === "value" && isMark(outcome.value)) return undefined;
  return describeFailure("f", cases[at]!, outcome);
}

/** The examples of one task: one solve, up to four fix, one break. */
export function examplesOf(seed: number, made: Made): Example[] {
  const { task } = made;
  const cases = task.tests.kind === "cases" ? task.tests.cases : [];
  const bugs = rngStream(seed, "examples", task.id).shuffle(made.bugs);
  const common = { taskId: task.id, level: task.level ?? 1, problem: task.problem };
  const fixes = bugs.slice(0, FIXES).flatMap((bug): Example[] => {
    const observation = firstFailure(cases, bug.outcomes);
    return observation === undefined
      ? []
      : [{ role: "fix", ...common, code: bug.code, observation, answer: task.solution }];
  });
  const last = bugs.at(-1);
  const broken: Example[] = last === undefined
    ? []
    : [{ role: "break", ...common, code: task.solution, answer: last.code }];
  return [{ role: "solve", ...common, answer: task.solution }, ...fixes, ...broken];
}
