/**
 * How badly bugs fail: the share of their tests that fail, and how often all of them do.
 *
 * @module
 */
import type { Verdict } from "../sandbox/mod.ts";
import type { RunTests, TestSpec } from "../tasks/mod.ts";
import type { BenchItem } from "./items.ts";

/** Failures of a set of bugs. */
export interface FailureRates {
  /** Mean share of the visible tests that a bug fails. */
  readonly failedShare: number;
  /** Share of the bugs that fail every test. */
  readonly failsAllShare: number;
  /** Bugs that pass every test, or could not be judged; they take no part in the shares above. */
  readonly notFailing: number;
}

/**
 * Share of its tests that each bug fails, in order; undefined where it could not be judged.
 *
 * Nearly all of them fail, and nothing is gained by failing otherwise: programs that only compute are run in shared
 * processes, which saves each the start of its own.
 *
 * @param run Runs a program against tests, in the sandbox.
 * @param wallMs Time limit of one program, milliseconds.
 */
export async function failedShares(
  items: readonly BenchItem[],
  run: RunTests,
  wallMs: number,
): Promise<(number | undefined)[]> {
  return await Promise.all(items.map(async ({ task, code }) => {
    const verdict = await run({ ...task, code }, task.tests, {
      limits: { wallMs },
      screened: true,
    });
    return failedShare(verdict, task.tests);
  }));
}

/** Share of the tests that did not pass; tests that a bug never came to count as failed. */
export function failedShare(verdict: Verdict, tests: TestSpec): number | undefined {
  if (verdict.kind === "rejected" || verdict.kind === "unsupported") return undefined;
  const results = verdict.tests ?? [];
  const total = tests.kind === "cases" ? tests.cases.length : Math.max(1, results.length);
  return 1 - results.filter(({ ok }) => ok).length / total;
}

/** Summarises the shares of one set of bugs. */
export function failureRates(shares: readonly (number | undefined)[]): FailureRates {
  const failing = shares.filter((share) => share !== undefined).filter((share) => share > 0);
  const n = Math.max(1, failing.length);
  return {
    failedShare: failing.reduce((sum, share) => sum + share, 0) / n,
    failsAllShare: failing.filter((share) => share === 1).length / n,
    notFailing: shares.length - failing.length,
  };
}
