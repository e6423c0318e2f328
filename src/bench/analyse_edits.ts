/**
 * What kinds of edits lead from solutions to bugs, and how large they are.
 *
 * @module
 */
import { medianSorted } from "simple-statistics";
import { canonicalForm, classifyEdit, countNames, editStats, entropyOf } from "../tasks/mod.ts";
import type { BenchItem } from "./items.ts";

/** Edits of a set of bugs. */
export interface EditProfile {
  /** Lines changed from the solution. */
  readonly changedLines: { readonly mean: number; readonly median: number };
  /** Bugs by lines changed, in the classes of {@linkcode EDIT_SIZES}. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Bugs by the operator of their edit, most frequent first; bugs in Python have none. */
  readonly operators: Readonly<Record<string, number>>;
  /** Entropy of the operators, bits. */
  readonly operatorEntropy: number;
}

/** Classes of edit sizes, in lines changed: the name and the largest size. */
export const EDIT_SIZES: readonly (readonly [string, number])[] = [
  ["1", 1],
  ["2", 2],
  ["3", 3],
  ["4-5", 5],
  ["6-10", 10],
  ["11-20", 20],
  ["over 20", Infinity],
];

/** Profiles the edits of some bugs; `items` must not be empty. */
export function editProfile(items: readonly BenchItem[]): EditProfile {
  const edits = items.map(({ task, code }) => ({
    language: task.language,
    solution: canonicalForm(task.solution, task.language),
    code,
  }));
  const lines = edits.map(({ solution, code }) => editStats(solution, code).changedLines)
    .sort((a, b) => a - b);
  const classes = lines.map((count) => EDIT_SIZES.find(([, most]) => count <= most)![0]);
  const operators = countNames(
    edits.filter(({ language }) => language !== "py")
      .map(({ solution, code }) => classifyEdit(solution, code)),
  );
  return {
    changedLines: {
      mean: lines.reduce((sum, count) => sum + count, 0) / lines.length,
      median: medianSorted(lines),
    },
    sizes: Object.fromEntries(
      EDIT_SIZES.map(([name]) => [name, classes.filter((other) => other === name).length]),
    ),
    operators,
    operatorEntropy: entropyOf(operators),
  };
}
