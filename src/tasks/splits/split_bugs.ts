/**
 * Splitting bugs into train, validation and test by task.
 *
 * @module
 */
import { ConfigError, sha256Hex } from "../../base/mod.ts";
import type { StandAloneBug } from "../importers/mod.ts";
import { nearDuplicates } from "./near_duplicates.ts";

/** The parts, in the order in which they are filled. */
export const PARTS = ["test", "validation", "train"] as const;
/** A part of a data set. */
export type Part = typeof PARTS[number];

/** How to split. */
export interface SplitOptions {
  readonly seed: number;
  /** Share of all tasks that are to be tested, at most. */
  readonly testShare: number;
  /** Share of all tasks that are to be validated on, at most. */
  readonly validationShare: number;
  /** Whether every tested task must have a bug of every source. */
  readonly everySource: boolean;
}

/** Bugs by part, each task with its part's name. */
export interface SplitBugs {
  readonly parts: Readonly<Record<Part, readonly StandAloneBug[]>>;
  /** Tasks in no part: nearly the same as a tested task, but without a bug of every source. */
  readonly refused: readonly { readonly taskId: string; readonly like: string }[];
  /** Sources of all bugs, sorted. */
  readonly sources: readonly string[];
}

/**
 * Splits bugs so that no task and no near-duplicate of one is in two parts, and, where it is asked for, every tested task
 * has a bug of every source, so that sources are compared on the same tasks.
 *
 * The order in which tasks are drawn is a function of the seed and their ids alone.
 *
 * @throws {ConfigError} If no task has a bug of every source.
 */
export function splitBugs(
  bugs: readonly StandAloneBug[],
  { seed, testShare, validationShare, everySource }: SplitOptions,
): SplitBugs {
  const sources = [...new Set(bugs.map(({ source }) => source))].sort();
  const complete = everySource
    ? completeTasks(bugs, sources)
    : new Set(bugs.map(({ taskId }) => taskId));
  const groups = drawn(bugs, seed);
  const total = groups.flat().length;
  const room = { test: testShare * total, validation: validationShare * total, train: Infinity };
  const partOf = new Map<string, Part>();
  const refused: { taskId: string; like: string }[] = [];
  for (const group of groups) {
    const like = group.find((taskId) => complete.has(taskId));
    const part = PARTS.find((part) =>
      room[part] >= group.length && (part !== "test" || like !== undefined)
    )!;
    room[part] -= group.length;
    for (const taskId of group) {
      if (part !== "test" || complete.has(taskId)) partOf.set(taskId, part);
      else refused.push({ taskId, like: like! });
    }
  }
  return { parts: collect(bugs, partOf), refused, sources };
}

function completeTasks(
  bugs: readonly StandAloneBug[],
  sources: readonly string[],
): ReadonlySet<string> {
  const found = Map.groupBy(bugs, ({ taskId }) => taskId);
  const complete = [...found].filter(([, own]) =>
    new Set(own.map(({ source }) => source)).size === sources.length
  );
  if (complete.length === 0) {
    throw new ConfigError(
      `Cannot split: expected a task with bugs of every source (${
        sources.join(", ")
      }), found none; --no-every-source tests others as well`,
    );
  }
  return new Set(complete.map(([taskId]) => taskId));
}

/** Groups of near-duplicates in the order in which they are drawn. */
function drawn(bugs: readonly StandAloneBug[], seed: number): string[][] {
  const programs = bugs.map(({ taskId, task }) => {
    return { taskId, code: task.solution, language: task.language };
  });
  return nearDuplicates(programs)
    .map((group) => ({ group, key: sha256Hex(`${seed}\n${group.toSorted()[0]}`) }))
    .sort((a, b) => a.key < b.key ? -1 : 1)
    .map(({ group }) => group);
}

function collect(
  bugs: readonly StandAloneBug[],
  partOf: ReadonlyMap<string, Part>,
): Record<Part, StandAloneBug[]> {
  const parts: Record<Part, StandAloneBug[]> = { test: [], validation: [], train: [] };
  for (const bug of bugs) {
    const split = partOf.get(bug.taskId);
    if (split) parts[split].push({ ...bug, task: { ...bug.task, split } });
  }
  return parts;
}
