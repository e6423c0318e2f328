/**
 * Judging Python programs, by call cases and by tests.
 *
 * @module
 */
import { judgeAnswers } from "./cases.ts";
import type { Child } from "./child.ts";
import { judgeMessages } from "./relay.ts";
import type { CasesJob, Limits, ProgramJob, Verdict } from "./types.ts";
import { wantedNames } from "./wanted_names.ts";

/** Runs a job of call cases in a fresh Python child and decides. */
export async function judgePythonCases(
  child: Child,
  job: CasesJob,
  limits: Limits,
): Promise<Verdict> {
  return await judgeAnswers(child, job, limits, {
    role: "candidate",
    source: job.source,
    names: [job.entry],
    calls: job.cases.map((item) => item.args),
  });
}

/** Runs a job of tests in two fresh Python children and decides. */
export async function judgePythonProgram(
  candidate: Child,
  tests: Child,
  job: ProgramJob,
  limits: Limits,
): Promise<Verdict> {
  const names = wantedNames(job);
  const source = `${job.prelude ?? ""}${job.source}`;
  return await judgeMessages({ candidate, tests, kind: job.kind, limits }, {
    program: { role: "candidate", source, names },
    tests: { role: "tests", text: job.tests, kind: job.kind, names },
  });
}
