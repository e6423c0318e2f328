/**
 * Finding programs whose verdict depends on chance.
 *
 * @module
 */
import type { Verdict } from "./types.ts";

/** What must be the same in every run: the kind of verdict and the outcome of each test. */
function outcome(verdict: Verdict): string {
  const tests = "tests" in verdict ? verdict.tests ?? [] : [];
  return JSON.stringify([verdict.kind, tests.map((test) => [test.name, test.ok])]);
}

/**
 * Judges several times and gives the first verdict if all agree; otherwise the program is rejected.
 *
 * @param runs How often; once by default.
 */
export async function agreed(runs: number = 1, judge: () => Promise<Verdict>): Promise<Verdict> {
  const first = await judge();
  for (let run = 1; run < runs; run++) {
    if (outcome(await judge()) !== outcome(first)) {
      return { kind: "rejected", reason: "flaky: two runs gave different verdicts" };
    }
  }
  return first;
}
