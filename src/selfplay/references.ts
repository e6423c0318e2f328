/**
 * Reference bugs: real ones, of training tasks.
 *
 * @module
 */
import { ConfigError, type Rng } from "../base/mod.ts";
import { type Bug, bugHash, canonicalForm, type Task, tryCanonical } from "../tasks/mod.ts";
import { type Edit, editOf } from "./anchor.ts";

/** A reference bug with its task. */
export interface Reference {
  readonly id: string;
  readonly task: Task;
  /** `human`, `human-edited-lm` or `lm:<model>`. */
  readonly source: string;
  /** Canonical form. */
  readonly code: string;
  /** As of generated bugs, so that copies of it are recognised. */
  readonly hash: string;
}

/**
 * Joins bugs with their tasks.
 *
 * @throws {ConfigError} If a bug stands alone without a task, or does not parse.
 */
export function openReferences(bugs: readonly Bug[], tasks: readonly Task[]): Reference[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return bugs.map(({ id, taskId, source, buggy, task: own }) => {
    const task = own ?? byId.get(taskId);
    if (task === undefined) {
      throw new ConfigError(`Cannot use reference ${id}: its task ${taskId} is not known`);
    }
    const code = tryCanonical(buggy, task.language);
    if (code === undefined) throw new ConfigError(`Cannot use reference ${id}: it does not parse`);
    return { id, task, source, code, hash: bugHash(task.id, code) };
  });
}

/** The edits of references, for the anchor. */
export function referenceEdits(references: readonly Reference[]): Edit[] {
  return references.map(({ task, code }) =>
    editOf(task.id, canonicalForm(task.solution, task.language), code)
  );
}

/**
 * Draws references without repetition, in turn from each source, sources in random order; all if there are fewer.
 *
 * @param count How many; 0 gives none.
 */
export function drawStratified(
  references: readonly Reference[],
  count: number,
  rng: Rng,
): Reference[] {
  const sources = rng.shuffle([...new Set(references.map(({ source }) => source))].sort());
  const queues = sources.map((source) =>
    rng.shuffle(references.filter((reference) => reference.source === source))
  );
  const drawn: Reference[] = [];
  for (let turn = 0; drawn.length < Math.min(count, references.length); turn++) {
    const next = queues[turn % queues.length]!.pop();
    if (next !== undefined) drawn.push(next);
  }
  return drawn;
}

/** The references that a run uses: `size` of them in equal shares of the sources, or all where `size` is 0. */
export function selectPool(
  references: readonly Reference[],
  size: number,
  rng: Rng,
): readonly Reference[] {
  return size === 0 ? references : drawStratified(references, size, rng);
}

/**
 * References whose edits mean nothing: all changed lines of all edits, dealt out again at random.
 *
 * A control for the anchor: the same texts, the same lengths, the same embedder, but no real mistake.
 */
export function shuffleEdits(edits: readonly Edit[], rng: Rng): Edit[] {
  const isChange = (line: string): boolean => /^[+-]/.test(line);
  const lines = rng.shuffle(edits.flatMap(({ diff }) => diff.split("\n").filter(isChange)));
  return edits.map(({ taskId, diff }) => ({
    taskId,
    diff: diff.split("\n").map((line) => isChange(line) ? lines.pop()! : line).join("\n"),
  }));
}
