/**
 * The count at the end of a test run.
 *
 * @module
 */

/** How many tests passed and failed. */
export interface TestCount {
  /** Tests that passed. */
  readonly passed: number;
  /** Tests that failed; at least 1 if the run itself did not end well. */
  readonly failed: number;
}

/**
 * Reads the count from what `deno test` printed.
 *
 * @param output Its stdout; colours may be in it.
 * @param success Whether it exited with 0.
 */
export function countTests(output: string, success: boolean): TestCount {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const lines = [...plain.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*?\| (\d+) failed/gm)];
  const [, passed = "0", failed = "0"] = lines.at(-1) ?? [];
  return { passed: Number(passed), failed: Math.max(Number(failed), success ? 0 : 1) };
}
