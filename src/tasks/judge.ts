/**
 * Judging a program by a task's tests, whatever their kind.
 *
 * @module
 */
import type { Limits, Sandbox, Verdict } from "../sandbox/mod.ts";
import type { RunTests } from "./gate/mod.ts";
import type { Language, TestSpec } from "./types.ts";

/** A program to be judged. */
export interface Candidate {
  readonly code: string;
  readonly language: Language;
  /** Name of the function or class under test. */
  readonly entry: string;
  /** Code that must stand before the program. */
  readonly prelude?: string | undefined;
}

/** How far to judge. */
export interface JudgeOptions {
  readonly limits?: Partial<Limits>;
  /** Ends at the first failing case; for training rewards, never where the failing set is asked for. */
  readonly stopAtFirstFailure?: boolean;
  /** Whether a failure may be found in a shared process; see `CasesJob`. */
  readonly screened?: boolean;
}

/**
 * Runs a program against tests.
 *
 * @throws {SandboxError} If the sandbox cannot run at all; never because of the program.
 */
export function judge(
  sandbox: Sandbox,
  candidate: Candidate,
  tests: TestSpec,
  options: JudgeOptions = {},
): Promise<Verdict> {
  const { code, language, entry, prelude } = candidate;
  if (tests.kind === "cases") {
    const source = prelude === undefined ? code : `${prelude}\n${code}`;
    return sandbox.runCases({ source, language, entry, cases: tests.cases, ...options });
  }
  const { limits } = options;
  return sandbox.runProgram({
    source: code,
    language,
    entry,
    tests: tests.text,
    kind: tests.kind,
    ...(prelude === undefined ? {} : { prelude }),
    ...(limits === undefined ? {} : { limits }),
  });
}

/** Running programs against tests in one sandbox, as gate, round and evaluation ask for it. */
export function runIn(sandbox: Sandbox): RunTests {
  return (program, tests, options) => judge(sandbox, program, tests, options);
}
