/**
 * Counting what a corpus holds.
 *
 * @module
 */
import type { Made } from "./factory.ts";
import type { Example } from "./examples.ts";

/** Counts by name. */
export type Counts = Readonly<Record<string, number>>;

/** What a corpus holds. */
export interface Summary {
  tasks: number;
  skeletons: number;
  splits: Counts;
  families: Counts;
  levels: Counts;
  examples: Counts;
  /** Characters of an average solution, statement and observation. */
  characters: { solution: number; problem: number; observation: number };
  /** Share of a task's mutants that its cases catch, on average. */
  killRate: number;
}

function countBy<T>(items: readonly T[], key: (item: T) => string | number | undefined): Counts {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const name = String(key(item));
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Counts tasks and examples. */
export function summarize(made: readonly Made[], examples: readonly Example[]): Summary {
  const tasks = made.map((m) => m.task);
  const observations = examples.flatMap((e) => e.observation ?? []);
  return {
    tasks: tasks.length,
    skeletons: new Set(tasks.map((task) => task.skeleton)).size,
    splits: countBy(tasks, (task) => task.split),
    families: countBy(tasks, (task) => task.family),
    levels: countBy(tasks, (task) => task.level),
    examples: countBy(examples, (example) => example.role),
    characters: {
      solution: Math.round(mean(tasks.map((task) => task.solution.length))),
      problem: Math.round(mean(tasks.map((task) => task.problem.length))),
      observation: Math.round(mean(observations.map((text) => text.length))),
    },
    killRate: mean(made.map((m) => m.killRate)),
  };
}
