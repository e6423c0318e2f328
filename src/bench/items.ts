/**
 * Bench items: bugs with their tasks, as one file holds them.
 *
 * @module
 */
import { ConfigError, sha256Hex } from "../base/mod.ts";
import { type Bug, canonicalForm, readBugs, type Task } from "../tasks/mod.ts";

/** A bug to be fixed. */
export interface BenchItem {
  /** Identity within the bench. */
  readonly id: string;
  /** `human`, `human-edited-lm` or `lm:<model>`. */
  readonly source: string;
  /** The task, its solution never shown. */
  readonly task: Task;
  /** Canonical form of the buggy program. */
  readonly code: string;
}

/** A bench as read from its file. */
export interface Bench {
  /** The items in the file's order. */
  readonly items: readonly BenchItem[];
  /** SHA-256 of the items, in order. */
  readonly hash: string;
}

/**
 * Reads a bench file: bugs, one a line.
 *
 * @param split Keeps the items of tasks of this split; left out, all.
 * @param tasks Tasks of bugs that do not stand alone.
 * @throws {ConfigError} If a line does not fit, a bug has no task, or nothing is left.
 */
export async function readBench(
  path: string,
  split?: Task["split"],
  tasks: readonly Task[] = [],
): Promise<Bench> {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const bugs = (await readBugs(path))
    .map((bug) => asItem(path, bug, bug.task ?? byId.get(bug.taskId)));
  const items = bugs.filter(({ task }) => split === undefined || task.split === split);
  if (items.length === 0) {
    throw new ConfigError(`Cannot use ${path}: expected bugs${split ? ` of split ${split}` : ""}`);
  }
  const hash = sha256Hex(items.map(({ id, code }) => `${id}\n${code}\n`).join(""));
  return { items, hash };
}

/**
 * Some of the items where fewer are wanted: those of evenly spaced tasks, so that every source keeps its share.
 *
 * @param most Largest number of items; 0 keeps all.
 */
export function spacedItems(items: readonly BenchItem[], most: number): readonly BenchItem[] {
  if (most === 0 || items.length <= most) return items;
  const tasks = [...Map.groupBy(items, ({ task }) => task.id).values()];
  const count = Math.ceil(most * tasks.length / items.length);
  const chosen = Array.from(
    { length: count },
    (_, i) => tasks[Math.floor(i * tasks.length / count)]!,
  );
  return chosen.flat().slice(0, most);
}

function asItem(path: string, { id, source, buggy }: Bug, task: Task | undefined): BenchItem {
  if (!task) throw new ConfigError(`Cannot use ${path}: bug "${id}" does not carry its task`);
  try {
    return { id, source, task, code: canonicalForm(buggy, task.language) };
  } catch (cause) {
    throw new ConfigError(`Cannot use ${path}: bug "${id}" does not parse`, { cause });
  }
}
