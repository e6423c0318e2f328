/**
 * What a program file and a test file are, told by name and content.
 *
 * @module
 */
import type { CallCase, Language, TestResult, Verdict } from "./types.ts";

const EXTENSIONS: Readonly<Record<string, Language>> = {
  js: "js",
  mjs: "js",
  cjs: "js",
  ts: "ts",
  mts: "ts",
  cts: "ts",
  py: "py",
};
const SUITE =
  /(?:^|[^.\w$])(?:describe|it|test|suite|Deno\.test)(?:\.\w+)*\s*\(|\bunittest\.TestCase\b|^\s*(?:async\s+)?def\s+test_\w+\s*\(/m;

/** The language of a file by its name's ending, if it is one the sandbox knows. */
export function languageOf(path: string): Language | undefined {
  return EXTENSIONS[path.split(".").at(-1)!.toLowerCase()];
}

/** Whether a test text registers tests, rather than throwing on failure. */
export function isSuite(text: string): boolean {
  return SUITE.test(text);
}

/**
 * Reads call cases: `{"entry": name, "cases": [{"args": [...], "expected": ...}]}`.
 *
 * @throws {SyntaxError} If the text is not JSON.
 * @throws {TypeError} If the JSON has another shape; names the place.
 */
export function readCallCases(
  text: string,
): { readonly entry: string; readonly cases: readonly CallCase[] } {
  const { entry, cases } = JSON.parse(text) ?? {};
  if (typeof entry !== "string") throw new TypeError(`entry: expected a name, found ${entry}`);
  if (!Array.isArray(cases) || cases.length === 0) {
    throw new TypeError("cases: expected a list with at least one case");
  }
  cases.forEach((item, index) => {
    if (!Array.isArray(item?.args)) throw new TypeError(`cases[${index}].args: expected a list`);
    if (!("expected" in item)) throw new TypeError(`cases[${index}].expected: expected a value`);
  });
  return { entry, cases };
}

/** A verdict in the form that the `judge` command prints. */
export interface VerdictSummary {
  readonly verdict: Verdict["kind"];
  /** Why there is no plain pass or failure. */
  readonly reason?: string;
  readonly line?: number;
  readonly column?: number;
  readonly passed: number;
  readonly total: number;
  readonly tests: readonly TestResult[];
}

/** Counts a verdict's tests and gives its reason, whatever its kind. */
export function verdictSummary(verdict: Verdict): VerdictSummary {
  const tests = "tests" in verdict ? verdict.tests ?? [] : [];
  const reason = verdict.kind === "crashed"
    ? verdict.message
    : "reason" in verdict
    ? verdict.reason
    : undefined;
  return {
    verdict: verdict.kind,
    ...(reason !== undefined && { reason }),
    ...("line" in verdict && verdict.line !== undefined && { line: verdict.line }),
    ...("column" in verdict && verdict.column !== undefined && { column: verdict.column }),
    passed: tests.filter((test) => test.ok).length,
    total: tests.length,
    tests,
  };
}
