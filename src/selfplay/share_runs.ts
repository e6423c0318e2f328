/**
 * Equal programs of one round are run once: repairs of one bug are often the same text, and they are judged together.
 *
 * @module
 */
import type { Verdict } from "../sandbox/mod.ts";
import type { RunTests, TestSpec } from "../tasks/mod.ts";

/** A runner that hands the same verdict to all who ask for the same program, tests and limits. */
export function shareRuns(run: RunTests): RunTests {
  const running = new Map<TestSpec, Map<string, Promise<Verdict>>>();
  return (program, tests, options) => {
    const known = running.get(tests) ?? new Map<string, Promise<Verdict>>();
    running.set(tests, known);
    const key = `${options.screened} ${options.limits.wallMs} ${program.entry}\n${program.code}`;
    const verdict = known.get(key) ?? run(program, tests, options);
    known.set(key, verdict);
    return verdict;
  };
}
