/**
 * Choosing the small sets that are shipped: programs for self-play, and tasks for the bench.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { Split, Task } from "../tasks/mod.ts";

/** Tasks of the bench by split. */
const BENCH: readonly (readonly [Split, number])[] = [
  ["test", 110],
  ["validation", 45],
  ["train", 160],
  ["heldout-family", 30],
];

/** Picks tasks in turn from the families, at most one per skeleton, in a seeded order. */
function balanced(tasks: readonly Task[], count: number, seed: number, key: string): Task[] {
  const byFamily = new Map<string, Task[]>();
  const skeletons = new Set<string>();
  for (const task of rngStream(seed, "choose", key).shuffle(tasks)) {
    if (skeletons.has(task.skeleton ?? task.id)) continue;
    skeletons.add(task.skeleton ?? task.id);
    const family = task.family ?? "";
    byFamily.set(family, [...byFamily.get(family) ?? [], task]);
  }
  const queues = [...byFamily].sort(([a], [b]) => a < b ? -1 : 1).map(([, queue]) => queue);
  const chosen: Task[] = [];
  for (let round = 0; chosen.length < count; round++) {
    const turn = queues.flatMap((queue) => queue[round] ?? []);
    if (turn.length === 0) break;
    chosen.push(...turn);
  }
  return chosen.slice(0, count);
}

/** The shipped sets; no task is in both. */
export interface Chosen {
  /** Training tasks that self-play starts from. */
  programs: Task[];
  /** Tasks the bench and its reference pool are built from. */
  bench: Task[];
}

/**
 * Chooses the shipped sets, families in equal shares.
 *
 * @param programs How many programs.
 */
export function chooseShipped(seed: number, tasks: readonly Task[], programs: number): Chosen {
  const bench = BENCH.flatMap(([split, count]) =>
    balanced(tasks.filter((task) => task.split === split), count, seed, split)
  );
  const taken = new Set(bench.map((task) => task.id));
  const open = tasks.filter((task) => task.split === "train" && !taken.has(task.id));
  return { programs: balanced(open, programs, seed, "programs"), bench };
}
