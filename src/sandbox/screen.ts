/**
 * Finds wrong programs without a process of their own: a warm process runs many, each in a fresh JavaScript realm.
 *
 * What it may say is narrow. It never passes a program. It tells that a program fails only if the program is harmless
 * (harmless.ts), came to its end in time, and gave an answer for every call; in every other case the program is judged as
 * if it had not been here. A process sees at most one program of a problem, so that nothing can be left for the next.
 *
 * @module
 */
import { canonicalJson, type Json, sha256Hex } from "../base/mod.ts";
import { type Answer, isAnswer } from "./answers.ts";
import { compareAnswer } from "./cases.ts";
import { Child, type ChildSpec } from "./child.ts";
import { isHarmless } from "./harmless.ts";
import { toLoadable } from "./languages.ts";
import type { CasesJob, Limits, TestResult, Verdict } from "./types.ts";

/** Programs after which a process is replaced. */
const MAX_PROGRAMS = 500;

/** What the screening has done so far, counted in programs. */
export interface ScreenStatistics {
  /** Asked about. */
  readonly asked: number;
  /** Kept out, because they do more than compute. */
  readonly keptOut: number;
  /** Found to fail. */
  readonly failed: number;
  /** Processes started. */
  readonly processes: number;
}

interface Waiting {
  readonly job: CasesJob;
  readonly limits: Limits;
  /** JavaScript. */
  readonly source: string;
  /** Identity of the problem: entry and cases. */
  readonly problem: string;
  readonly settle: (verdict: Verdict | undefined) => void;
}

/** A process and the problems it has seen. */
interface Warm {
  readonly child: Child;
  readonly problems: Set<string>;
}

/** Looks programs over in at most `size` processes, which start when they are needed. */
export class Screen implements AsyncDisposable {
  readonly #spec: ChildSpec;
  readonly #size: number;
  readonly #queue: Waiting[] = [];
  readonly #idle: Warm[] = [];
  readonly #ended = new Set<Promise<void>>();
  readonly #children = new Set<Child>();
  /** Loops over the queue that run; counted down before anything else can look. */
  #working = 0;
  #closed = false;
  #counts = { asked: 0, keptOut: 0, failed: 0, processes: 0 };

  /** Starts nothing yet. */
  constructor(spec: ChildSpec, size: number) {
    this.#spec = spec;
    this.#size = size;
  }

  /** What has been done so far. */
  get statistics(): ScreenStatistics {
    return { ...this.#counts };
  }

  /** The verdict on a program that plainly fails; `undefined` says nothing about the program. */
  async failure(job: CasesJob, limits: Limits): Promise<Verdict | undefined> {
    this.#counts.asked++;
    const loadable = job.language === "py" ? undefined : toLoadable(job.source, job.language);
    if (!loadable || loadable.typed || job.files || !isHarmless(loadable.code)) {
      this.#counts.keptOut++;
      return undefined;
    }
    const problem = sha256Hex(canonicalJson([job.entry, job.cases] as Json));
    const verdict = await new Promise<Verdict | undefined>((settle) => {
      this.#queue.push({ job, limits, source: loadable.code, problem, settle });
      this.#start();
    });
    if (verdict) this.#counts.failed++;
    return verdict;
  }

  #start(): void {
    if (this.#working >= this.#size) return;
    this.#working++;
    const end = this.#work().finally(() => this.#ended.delete(end));
    this.#ended.add(end);
  }

  /** Takes programs out of the queue until it is empty. */
  async #work(): Promise<void> {
    let warm = this.#idle.pop();
    try {
      while (!this.#closed && this.#queue.length > 0) warm = await this.#step(warm);
    } finally {
      this.#working--;
      if (warm) this.#idle.push(warm);
    }
  }

  /** Looks at one program, or takes a new process where this one must not see any; gives the process that is left. */
  async #step(warm: Warm | undefined): Promise<Warm | undefined> {
    const at = this.#queue.findIndex(({ problem }) => !warm?.problems.has(problem));
    if (!warm || at < 0 || warm.problems.size >= MAX_PROGRAMS) {
      if (warm) await this.#discard(warm.child);
      return await this.#boot();
    }
    const [next] = this.#queue.splice(at, 1);
    warm.problems.add(next!.problem);
    const answers = await answersOf(warm.child, next!);
    next!.settle(answers && failureIn(next!.job, answers));
    if (answers) return warm;
    await this.#discard(warm.child);
    return undefined;
  }

  /** A new process; if none starts, nothing can be said about what waits. */
  async #boot(): Promise<Warm | undefined> {
    const child = new Child(this.#spec);
    this.#children.add(child);
    this.#counts.processes++;
    try {
      await child.ready;
      return { child, problems: new Set() };
    } catch {
      await this.#discard(child);
      for (const { settle } of this.#queue.splice(0)) settle(undefined);
      return undefined;
    }
  }

  async #discard(child: Child): Promise<void> {
    this.#children.delete(child);
    await child[Symbol.asyncDispose]();
  }

  /** Kills every process. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#children].map((child) => this.#discard(child)));
    await Promise.all(this.#ended);
    for (const { settle } of this.#queue.splice(0)) settle(undefined);
  }
}

/** One answer for each call, or nothing if the process was late, wrote something else, or is gone. */
async function answersOf(
  child: Child,
  { job, limits, source }: Waiting,
): Promise<readonly Answer[] | undefined> {
  const timer = setTimeout(() => child.kill("deadline"), limits.wallMs);
  try {
    child.countAnew();
    const calls = JSON.stringify(job.cases.map(({ args }) => args));
    await child.send({ source, entry: job.entry, calls });
    const line = await child.readLine(limits.outputBytes);
    const { answers } = JSON.parse(line ?? "{}");
    return typeof answers === "string" ? JSON.parse(answers) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The verdict if the answers are complete and one of them is wrong. */
function failureIn(job: CasesJob, answers: readonly unknown[]): Verdict | undefined {
  if (!Array.isArray(answers) || answers.length !== job.cases.length) return undefined;
  const tests: TestResult[] = [];
  for (const [index, item] of job.cases.entries()) {
    const answer = answers[index];
    if (!isAnswer(answer)) return undefined;
    // how deep the stack may be is not the same everywhere
    if ("error" in answer && answer.error.name === "RangeError") return undefined;
    tests.push(compareAnswer(job.entry, item, answer));
    if (job.stopAtFirstFailure && !tests.at(-1)!.ok) break;
  }
  return tests.every(({ ok }) => ok) ? undefined : { kind: "failed", tests };
}
