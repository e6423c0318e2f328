/**
 * Choosing test cases that pin a program down: inputs on which wrong versions of it answer differently.
 *
 * @module
 */
import { canonicalJson, type Json, type Rng } from "../base/mod.ts";
import type { CallCase, Encoded } from "../tasks/mod.ts";
import type { Outcome } from "./evaluate.ts";

/** Cases of one program, split into those a model may see and those it may not. */
export interface Pinned {
  visible: CallCase[];
  hidden: CallCase[];
}

/** How many cases of each sort a task has. */
const COUNT = { visible: 6, hidden: 5 } as const;

/** Longest accepted argument list or result, as JSON. */
const LONGEST = 44;

/** Whether an outcome is a value that a test can expect. */
function testable(outcome: Outcome): outcome is Outcome & { kind: "value" } {
  if (outcome.kind !== "value") return false;
  const text = JSON.stringify(outcome.value);
  return text.length <= LONGEST && !text.includes('"$"');
}

/** Whether two outcomes of one call differ. */
export function differ(a: Outcome, b: Outcome): boolean {
  if (a.kind !== "value" || b.kind !== "value") return a.kind !== b.kind;
  return canonicalJson(a.value as Json) !== canonicalJson(b.value as Json);
}

/** Picks `count` of `open` by greedy cover of the mutants, ties by shorter input; removes them from `open`. */
function cover(open: Set<number>, kills: readonly (readonly boolean[])[], count: number): number[] {
  const covered = kills.map(() => 0);
  const chosen: number[] = [];
  while (chosen.length < count && open.size > 0) {
    let [best, bestGain] = [-1, -1];
    for (const i of open) {
      const gain = kills.reduce((sum, row, m) => sum + (row[i] ? 0.25 ** covered[m]! : 0), 0);
      if (gain > bestGain) [best, bestGain] = [i, gain];
    }
    kills.forEach((row, m) => row[best] && covered[m]!++);
    chosen.push(best);
    open.delete(best);
  }
  return chosen.sort((a, b) => a - b);
}

/** Whether the expected values say too little: nearly all equal. */
function dull(values: readonly Encoded[]): boolean {
  const counts = new Map<string, number>();
  for (const value of values) {
    const key = JSON.stringify(value);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Math.max(...counts.values()) > values.length * 0.7;
}

/**
 * Chooses visible and hidden cases.
 *
 * @param inputs Candidate argument lists.
 * @param outcomes What the solution does on each.
 * @param mutants What each wrong version does on each.
 * @param rng Decides the order among equals.
 * @returns Nothing if the program throws, never ends, or says too little on these inputs.
 */
export function pinCases(
  inputs: readonly (readonly Encoded[])[],
  outcomes: readonly Outcome[],
  mutants: readonly (readonly Outcome[])[],
  rng: Rng,
): Pinned | undefined {
  const usable = rng.shuffle([...inputs.keys()])
    .filter((i) => testable(outcomes[i]!) && JSON.stringify(inputs[i]).length <= LONGEST)
    .sort((a, b) => JSON.stringify(inputs[a]).length - JSON.stringify(inputs[b]).length);
  const threw = outcomes.filter((o) => o.kind !== "value").length;
  if (usable.length < COUNT.visible + COUNT.hidden || threw > inputs.length * 0.25) {
    return undefined;
  }
  const caseOf = (i: number): CallCase => {
    const outcome = outcomes[usable[i]!] as Outcome & { kind: "value" };
    return { args: [...inputs[usable[i]!]!], expected: outcome.value };
  };
  const kills = mutants.map((row) => usable.map((i) => differ(row[i]!, outcomes[i]!)));
  const open = new Set(usable.keys());
  const visible = cover(open, kills, COUNT.visible).map(caseOf);
  const hidden = cover(open, kills, COUNT.hidden).map(caseOf);
  if (dull([...visible, ...hidden].map((c) => c.expected))) return undefined;
  return { visible, hidden };
}
