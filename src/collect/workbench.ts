/**
 * Running and saving edits: what the page's buttons do.
 *
 * @module
 */
import {
  type Bug,
  bugHash,
  canonicalForm,
  checkStatic,
  observeFirst,
  type RunTests,
  type Task,
  validateBug,
} from "../tasks/mod.ts";
import type { CollectItem } from "./items.ts";
import { refusalText } from "./refusals.ts";

/** What edits are judged with and where bugs go. */
export interface WorkbenchTools {
  /** Runs a program against tests, in the sandbox. */
  readonly run: RunTests;
  /** Time limit of a run, milliseconds. */
  readonly wallMs: number;
  /** Bugs that are saved already. */
  readonly saved: readonly Bug[];
  /** Adds a bug to the file; it is safe there when this returns. */
  append(bug: Bug): Promise<void>;
}

/** What a run of the tests showed. */
export interface RunReport {
  /** Kind of the verdict. */
  readonly kind: string;
  /** One sentence about it. */
  readonly summary: string;
  /** Why this cannot be saved; absent if nothing speaks against it yet. */
  readonly refusal?: string;
  readonly tests: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly message: string;
  }[];
}

/** What became of an edit that was to be saved. */
export type SaveReport =
  | { readonly ok: true; readonly bug: Bug }
  | { readonly ok: false; readonly refusal: string };

/** Judges the edits of one collection and keeps count of what is saved. */
export class Workbench {
  readonly #tools: WorkbenchTools;
  readonly #bugs: Bug[];
  readonly #hashes: Set<string>;
  #last: Promise<unknown> = Promise.resolve();

  /** Starts from what is saved already. */
  constructor(tools: WorkbenchTools, tasks: ReadonlyMap<string, Task>) {
    this.#tools = tools;
    this.#bugs = [...tools.saved];
    const known = this.#bugs.flatMap(({ taskId, buggy, task = tasks.get(taskId) }) =>
      task ? [bugHash(taskId, canonicalForm(buggy, task.language))] : []
    );
    this.#hashes = new Set(known);
  }

  /** Saved bugs that started from an item. */
  savedOf({ id, source, task }: CollectItem): Bug[] {
    return this.#bugs.filter((bug) =>
      bug.taskId === task.id && bug.source === source && (bug.editedFrom ?? task.id) === id
    );
  }

  /** Runs an edit against the visible tests. */
  async run(item: CollectItem, code: string): Promise<RunReport> {
    const { run, wallMs } = this.#tools;
    const verdict = await run({ ...item.task, code }, item.task.tests, { limits: { wallMs } });
    const tests = "tests" in verdict ? verdict.tests ?? [] : [];
    const failing = tests.filter(({ ok }) => !ok).length;
    const summary = verdict.kind === "passed"
      ? `All ${tests.length} tests pass.`
      : verdict.kind === "failed"
      ? `${failing} of ${tests.length} ${tests.length === 1 ? "test fails" : "tests fail"}.`
      : `Ended early, ${verdict.kind}: ${observeFirst(verdict)}`;
    const checked = checkStatic(code, asTask(item));
    return {
      kind: verdict.kind,
      summary,
      tests,
      ...(!checked.ok && { refusal: refusalText(checked.reason) }),
    };
  }

  /** Saves an edit that is a valid bug; one at a time, so that none is saved twice. */
  save(item: CollectItem, code: string, author: string): Promise<SaveReport> {
    const saving = this.#last.then(() => this.#save(item, code, author));
    this.#last = saving.catch(() => {}); // the one who asked will hear
    return saving;
  }

  async #save(item: CollectItem, code: string, author: string): Promise<SaveReport> {
    const { run, wallMs, append } = this.#tools;
    const { task } = item;
    if (!await this.#solutionHolds(task)) {
      return {
        ok: false,
        refusal: "The task's own solution fails its tests: nothing can be said.",
      };
    }
    const seen = (hash: string) => this.#hashes.has(hash) ? "archive" as const : undefined;
    const outcome = await validateBug(code, asTask(item), { run, wallMs, seen });
    if (!outcome.ok) return { ok: false, refusal: refusalText(outcome.reason) };
    const bug = asBug(item, outcome, author);
    await append(bug);
    this.#bugs.push(bug);
    this.#hashes.add(outcome.hash);
    return { ok: true, bug };
  }

  async #solutionHolds(task: Task): Promise<boolean> {
    const { run, wallMs } = this.#tools;
    const limits = { wallMs: 2 * wallMs };
    const specs = task.hiddenTests ? [task.tests, task.hiddenTests] : [task.tests];
    const verdicts = await Promise.all(
      specs.map((tests) => run({ ...task, code: task.solution }, tests, { limits })),
    );
    return verdicts.every(({ kind }) => kind === "passed");
  }
}

/** The task as the gate sees it: an edit is compared with where it started. */
function asTask({ task, draft }: CollectItem): Task {
  return { ...task, solution: draft };
}

function asBug(
  { id, source, task, draftSource }: CollectItem,
  { code, hash }: { readonly code: string; readonly hash: string },
  author: string,
): Bug {
  return {
    id: `${task.id}/${source}-${hash.slice(0, 12)}`,
    taskId: task.id,
    source,
    origin: "kedge collect",
    license: task.license,
    buggy: code,
    author,
    createdAt: new Date().toISOString(),
    ...(draftSource !== undefined && { editedFrom: id }),
    task,
  };
}
