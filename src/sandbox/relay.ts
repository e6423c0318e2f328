/**
 * Judging by test programs: tests run in one child, the candidate in another, and the host passes messages between
 * them. Results come from the tests' process alone.
 *
 * @module
 */
import { type Answer, endOf, loadFailure, nextAnswer } from "./answers.ts";
import type { Child } from "./child.ts";
import { formatThrown, type Thrown } from "./feedback.ts";
import { toLoadable } from "./languages.ts";
import { linkNeighbours } from "./neighbours.ts";
import type { Limits, ProgramJob, TestResult, Verdict } from "./types.ts";
import { wantedNames } from "./wanted_names.ts";

/** What the tests' process tells the host. */
type Report =
  | { readonly plan: readonly string[] }
  | { readonly test: { readonly name: string; readonly thrown?: Thrown } }
  | { readonly load: Thrown }
  | { readonly end: true };

/** Traffic between the processes may be this much larger than a plain answer. */
const TRAFFIC_FACTOR = 32;
/** Runs a job in two fresh children and decides. */
export async function judgeProgram(
  candidate: Child,
  tests: Child,
  job: ProgramJob,
  limits: Limits,
): Promise<Verdict> {
  const language = job.language === "ts" ? "ts" : "js";
  const program = toLoadable(`${job.prelude ? `${job.prelude}\n` : ""}${job.source}`, language);
  return await judgeMessages({ candidate, tests, kind: job.kind, limits }, {
    program: {
      source: linkNeighbours(program.code, job.files),
      typed: program.typed,
      names: wantedNames(job),
    },
    tests: {
      text: linkNeighbours(toLoadable(job.tests, language).code, job.files),
      kind: job.kind,
    },
  });
}

/** Two children and the limits of both together. */
interface Pair {
  readonly candidate: Child;
  readonly tests: Child;
  readonly kind: ProgramJob["kind"];
  readonly limits: Limits;
}

/** Gives both children their messages, the tests only once the program has loaded, and decides. */
export async function judgeMessages(
  pair: Pair,
  messages: { readonly program: unknown; readonly tests: unknown },
): Promise<Verdict> {
  const { candidate, tests, limits } = pair;
  const timer = setTimeout(() => {
    candidate.kill("deadline");
    tests.kill("deadline");
  }, limits.wallMs);
  try {
    await candidate.send(messages.program);
    await candidate.sendLater();
    const loaded: Answer | undefined = await nextAnswer(candidate, limits);
    if (!loaded) return await endOf(candidate, limits, []);
    if ("load" in loaded) return loadFailure(loaded.load);
    await tests.send(messages.tests);
    return await new Relay(pair).verdict();
  } finally {
    clearTimeout(timer);
  }
}

/** Passes messages until the tests have reported. */
class Relay {
  readonly #candidate: Child;
  readonly #tests: Child;
  readonly #kind: ProgramJob["kind"];
  readonly #limits: Limits;
  readonly #maxBytes: number;
  readonly #results: TestResult[] = [];
  #plan: readonly string[] = [];
  #candidateEnded = false;

  constructor({ candidate, tests, kind, limits }: Pair) {
    this.#candidate = candidate;
    this.#tests = tests;
    this.#kind = kind;
    this.#limits = limits;
    this.#maxBytes = limits.outputBytes * TRAFFIC_FACTOR;
  }

  async verdict(): Promise<Verdict> {
    const backwards = this.#passBack();
    const end = await this.#passOn();
    if (!this.#candidateEnded) this.#candidate.kill("exited");
    this.#tests.kill("exited");
    await backwards;
    return end ?? await this.#unfinished();
  }

  /** From the candidate to the tests. When the candidate ends, so do the tests. */
  async #passBack(): Promise<void> {
    for (;;) {
      const line = await this.#candidate.readLine(this.#maxBytes);
      if (line === undefined) {
        this.#candidateEnded = true;
        return this.#tests.kill("exited");
      }
      await this.#tests.sendLine(line);
    }
  }

  /** From the tests to the candidate or the host; gives the verdict if the tests come to their end. */
  async #passOn(): Promise<Verdict | undefined> {
    for (;;) {
      const line = await this.#tests.readLine(this.#maxBytes);
      if (line === undefined) return undefined;
      if (!line.startsWith("!")) {
        await this.#candidate.sendLine(line);
        continue;
      }
      const verdict = this.#note(JSON.parse(line.slice(1)));
      if (verdict) return verdict;
    }
  }

  #note(report: Report): Verdict | undefined {
    if ("plan" in report) this.#plan = report.plan;
    else if ("test" in report) this.#results.push(resultOf(report.test));
    else if ("load" in report) return this.#loadVerdict(report.load);
    else return this.#endVerdict();
    return undefined;
  }

  #loadVerdict(thrown: Thrown): Verdict {
    if (thrown.name === "UnsupportedModule") return { kind: "unsupported", reason: thrown.message };
    if (/data:application\/javascript,\S*?:\d+:\d+/.test(thrown.message)) {
      return { kind: "unsupported", reason: "the tests do not parse" };
    }
    return { kind: "failed", tests: [resultOf({ name: this.#kind, thrown })] };
  }

  #endVerdict(): Verdict {
    if (this.#kind === "program") return { kind: "passed", tests: [resultOf({ name: "program" })] };
    const tests = this.#results;
    if (tests.length === 0) return { kind: "unsupported", reason: "there are no tests" };
    return { kind: tests.every((test) => test.ok) ? "passed" : "failed", tests };
  }

  /** The verdict when a process ended early: the tests that did not come to their end have failed. */
  async #unfinished(): Promise<Verdict> {
    const seen = new Set(this.#results.map((test) => test.name));
    const rest = this.#plan.filter((name) => !seen.has(name));
    const missing = rest.map((name, index) => ({
      name,
      ok: false,
      message: index === 0 ? "did not finish" : "did not run",
    }));
    return await endOf(this.#candidate, this.#limits, [...this.#results, ...missing]);
  }
}

function resultOf(
  { name, thrown }: { readonly name: string; readonly thrown?: Thrown },
): TestResult {
  return thrown
    ? { name, ok: false, message: formatThrown(thrown) }
    : { name, ok: true, message: "" };
}
