/**
 * Judging by call cases: the child returns outputs, and only here are they compared with what was expected.
 *
 * @module
 */
import type { Child } from "./child.ts";
import { compareValues } from "./compare.ts";
import { candidatePlace, formatCall, formatThrown, formatValue, type Thrown } from "./feedback.ts";
import { toLoadable } from "./languages.ts";
import type { CallCase, CasesJob, Encoded, Limits, TestResult, Verdict } from "./types.ts";

/** What a child may write, one value a line. */
type Answer =
  | { readonly load: Thrown }
  | { readonly loaded: string }
  | { readonly value: Encoded }
  | { readonly error: Thrown };

/** Runs a job in a fresh child and decides. */
export async function judgeCases(child: Child, job: CasesJob, limits: Limits): Promise<Verdict> {
  const timer = setTimeout(() => child.kill("deadline"), limits.wallMs);
  try {
    const tests: TestResult[] = [];
    const { code, typed } = toLoadable(job.source, job.language === "ts" ? "ts" : "js");
    await child.send({
      source: code,
      typed,
      entry: job.entry,
      calls: job.cases.map((item) => item.args),
    });
    const loaded = await nextAnswer(child, limits);
    if (!loaded) return await endOf(child, limits, tests);
    if ("load" in loaded) return loadFailure(loaded.load);
    if (!("loaded" in loaded)) return { kind: "crashed", message: "wrote into its own answers" };
    if (loaded.loaded !== "function") {
      return { kind: "rejected", reason: `does not define a function ${job.entry}` };
    }
    for (const item of job.cases) {
      const answer = await nextAnswer(child, limits);
      if (!answer) return await endOf(child, limits, [...tests, unanswered(job.entry, item)]);
      tests.push(compareAnswer(job.entry, item, answer));
      if (job.stopAtFirstFailure && !tests.at(-1)!.ok) break;
    }
    return { kind: tests.every((test) => test.ok) ? "passed" : "failed", tests };
  } finally {
    clearTimeout(timer);
  }
}

async function nextAnswer(child: Child, limits: Limits): Promise<Answer | undefined> {
  const line = await child.readLine(limits.outputBytes);
  if (line === undefined) return undefined;
  try {
    const answer = JSON.parse(line);
    if (typeof answer === "object" && answer !== null) return answer;
  } catch {
    // the candidate wrote to the descriptor itself
  }
  return { error: { name: "", message: "wrote into its own answers", stack: "" } };
}

function compareAnswer(entry: string, item: CallCase, answer: Answer): TestResult {
  const name = formatCall(entry, item.args);
  if ("value" in answer) {
    if (compareValues(answer.value, item.expected)) return { name, ok: true, message: "" };
    const expected = formatValue(item.expected);
    return {
      name,
      ok: false,
      message: `expected ${expected}, received ${formatValue(answer.value)}`,
    };
  }
  const thrown = "error" in answer ? formatThrown(answer.error) : "wrote into its own answers";
  return { name, ok: false, message: `expected ${formatValue(item.expected)}, threw ${thrown}` };
}

function unanswered(entry: string, item: CallCase): TestResult {
  return { name: formatCall(entry, item.args), ok: false, message: "did not return" };
}

function loadFailure(thrown: Thrown): Verdict {
  const place = candidatePlace(thrown.message);
  const syntax = thrown.name === "SyntaxError" || thrown.message.startsWith("SyntaxError");
  if (!syntax || !place) {
    return { kind: "crashed", message: `while loading: ${formatThrown(thrown)}` };
  }
  const reason = formatThrown({ ...thrown, name: "", stack: "" }).split("\n")[0]!;
  return { kind: "rejected", reason: reason.replace(/ at line \d+$/, ""), ...place };
}

/** Signals by which the system or the engine itself ends a program that ran out of memory. */
const MEMORY_SIGNALS: readonly string[] = ["SIGTRAP", "SIGABRT", "SIGILL", "SIGSEGV", "SIGBUS"];

/** The verdict on a program whose process ended before all answers were there. */
async function endOf(
  child: Child,
  limits: Limits,
  tests: readonly TestResult[],
): Promise<Verdict> {
  const { why, signal } = await child.ended();
  if (why === "deadline" || signal === "SIGKILL" || signal === "SIGXCPU") {
    return { kind: "timeout", tests };
  }
  if (why === "flood") {
    return { kind: "crashed", message: `wrote more than ${limits.outputBytes} bytes`, tests };
  }
  if (signal !== null && MEMORY_SIGNALS.includes(signal)) return { kind: "out-of-memory" };
  return { kind: "crashed", message: "ended before it answered", tests };
}
