/**
 * Judging by call cases: the child returns outputs, and only here are they compared with what was expected.
 *
 * @module
 */
import type { Child } from "./child.ts";
import { compareValues } from "./compare.ts";
import { type Answer, endOf, loadFailure, nextAnswer } from "./answers.ts";
import { formatThrown } from "./feedback.ts";
import { formatCall, formatValue } from "./format.ts";
import { isHarmless } from "./harmless.ts";
import { toLoadable } from "./languages.ts";
import { linkNeighbours } from "./neighbours.ts";
import type { CallCase, CasesJob, Limits, TestResult, Verdict } from "./types.ts";

/** Runs a job in a fresh child and decides. */
export async function judgeCases(child: Child, job: CasesJob, limits: Limits): Promise<Verdict> {
  const { code, typed } = toLoadable(job.source, job.language === "ts" ? "ts" : "js");
  const calls = job.cases.map((item) => item.args);
  const source = linkNeighbours(code, job.files);
  return await judgeAnswers(child, job, limits, {
    source,
    typed,
    plain: !typed && isHarmless(source),
    names: [job.entry],
    calls,
  });
}

/** Sends a child its message and compares its answers with what the job expects. */
export async function judgeAnswers(
  child: Child,
  job: CasesJob,
  limits: Limits,
  message: unknown,
): Promise<Verdict> {
  const timer = setTimeout(() => child.kill("deadline"), limits.wallMs);
  try {
    const tests: TestResult[] = [];
    await child.send(message);
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

/** The outcome of one call. */
export function compareAnswer(entry: string, item: CallCase, answer: Answer): TestResult {
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
