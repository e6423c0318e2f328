/**
 * What a person can make bugs of: solutions, and failing drafts that models wrote.
 *
 * @module
 */
import { ConfigError } from "../base/mod.ts";
import { type Bug, type Task, tryCanonical } from "../tasks/mod.ts";

/** A program that is to be edited. */
export interface CollectItem {
  /** The task's id, or the draft's. */
  readonly id: string;
  /** What an edit of it is: `human` for the solution, `human-edited-lm` for a draft. */
  readonly source: "human" | "human-edited-lm";
  readonly task: Task;
  /** The program that the editing starts from. */
  readonly draft: string;
  /** Who wrote a draft: `lm:<model>`; absent for the solution. */
  readonly draftSource?: string;
}

/**
 * The solution of every task, each followed by the drafts for it; drafts of other tasks are left out.
 *
 * @param drafts Failing programs of models; tasks that they carry are added to the others.
 * @throws {ConfigError} If there is no task, or a draft is not a model's or does not parse.
 */
export function collectItems(tasks: readonly Task[], drafts: readonly Bug[]): CollectItem[] {
  const carried = drafts.flatMap(({ task }) => task ?? []);
  const all = new Map([...tasks, ...carried].map((task) => [task.id, task]));
  for (const task of tasks) all.set(task.id, task);
  if (all.size === 0) throw new ConfigError("Cannot collect: expected at least one task");
  const draftsOf = Map.groupBy(drafts, ({ taskId }) => taskId);
  return [...all.values()].flatMap((task) => [
    { id: task.id, source: "human" as const, task, draft: task.solution },
    ...(draftsOf.get(task.id) ?? []).map((draft) => asItem(draft, task)),
  ]);
}

function asItem({ id, source, buggy }: Bug, task: Task): CollectItem {
  const expected = !source.startsWith("lm:")
    ? `a model's program (source lm:<model>), found source ${source}`
    : tryCanonical(buggy, task.language) === undefined
    ? "a program that parses"
    : undefined;
  if (expected !== undefined) {
    throw new ConfigError(`Cannot use draft "${id}": expected ${expected}`);
  }
  return { id, source: "human-edited-lm", task, draft: buggy, draftSource: source };
}
