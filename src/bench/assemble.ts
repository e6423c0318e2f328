/**
 * Assembling a bench: tasks and bugs of several sources become stand-alone items, each verified by running it.
 *
 * @module
 */
import { z } from "zod";
import {
  type Bug,
  canonicalForm,
  readJsonl,
  type RunTests,
  type Task,
  validateBug,
} from "../tasks/mod.ts";

/** A line of a bug file: a `Bug`, or what a person wrote down: program, author and a note. */
const BugLine = z.object({
  taskId: z.string().min(1),
  buggy: z.string().min(1),
  author: z.string().optional(),
});

/** Bugs of one source, by task. */
export interface SourceBugs {
  /** `human`, `human-edited-lm` or `lm:<model>`. */
  readonly source: string;
  /** Buggy program and author by task id. */
  readonly byTask: ReadonlyMap<string, { readonly buggy: string; readonly author?: string }>;
}

/** Reads the bug files of one source; the first bug of a task counts. */
export async function readSource(source: string, paths: readonly string[]): Promise<SourceBugs> {
  const byTask = new Map<string, { buggy: string; author?: string }>();
  for (const path of paths) {
    for await (const { taskId, buggy, author } of readJsonl(path, BugLine)) {
      if (!byTask.has(taskId)) byTask.set(taskId, { buggy, ...(author && { author }) });
    }
  }
  return { source, byTask };
}

/** What was assembled, and what was not. */
export interface Assembled {
  /** Stand-alone bugs, a task's sources together, in the tasks' order. */
  readonly bugs: readonly Bug[];
  /** Why a task has no items: a missing source, or a bug that does not hold. */
  readonly rejected: readonly { readonly taskId: string; readonly reason: string }[];
}

/**
 * Joins tasks with one bug of every source and runs each item: the solution passes all tests, the bug passes the
 * validity gate.
 *
 * A task is kept only if all its sources hold, so that sources are compared on the same tasks (arXiv:2607.03523,
 * section 2).
 *
 * @param run Runs a program against tests, in the sandbox.
 * @param wallMs Time limit of one program, milliseconds.
 */
export async function assembleBench(
  tasks: readonly Task[],
  sources: readonly SourceBugs[],
  run: RunTests,
  wallMs: number,
): Promise<Assembled> {
  const results = await Promise.all(
    tasks.map(async (task) => ({ task, ...await assembleTask(task, sources, run, wallMs) })),
  );
  return {
    bugs: results.flatMap(({ bugs, reason }) => reason === undefined ? bugs : []),
    rejected: results.flatMap(({ task, reason }) =>
      reason === undefined ? [] : [{ taskId: task.id, reason }]
    ),
  };
}

async function assembleTask(
  task: Task,
  sources: readonly SourceBugs[],
  run: RunTests,
  wallMs: number,
): Promise<{ bugs: Bug[]; reason?: string }> {
  const missing = sources.find(({ byTask }) => !byTask.has(task.id));
  if (missing) return { bugs: [], reason: `no bug of source ${missing.source}` };
  const limits = { limits: { wallMs } };
  for (const tests of [task.tests, task.hiddenTests]) {
    const verdict = tests && await run({ ...task, code: task.solution }, tests, limits);
    if (verdict && verdict.kind !== "passed") {
      return { bugs: [], reason: `its solution is ${verdict.kind}` };
    }
  }
  const context = { run, wallMs, seen: () => undefined };
  const bugs: Bug[] = [];
  for (const { source, byTask } of sources) {
    const { buggy, author } = byTask.get(task.id)!;
    const outcome = await validateBug(buggy, task, context);
    if (!outcome.ok) return { bugs: [], reason: `its ${source} bug is ${outcome.reason}` };
    bugs.push(standAlone(task, { source, buggy, ...(author && { author }) }));
  }
  return { bugs };
}

function standAlone(
  task: Task,
  { source, buggy, author }: { source: string; buggy: string; author?: string },
): Bug {
  return {
    id: `${task.id}/${source}`,
    taskId: task.id,
    source,
    origin: task.origin,
    license: task.license,
    buggy: canonicalForm(buggy, task.language),
    ...(author && { author }),
    task,
  };
}
