/**
 * The validity gate: whether a candidate is a bug that the game accepts.
 *
 * @module
 */
import { sha256Hex } from "../../base/mod.ts";
import type { TestResult, Verdict } from "../../sandbox/mod.ts";
import type { EditStats } from "../diff.ts";
import type { Task, TestSpec } from "../types.ts";
import { Rejection } from "./rejection.ts";
import { checkStatic } from "./static_gate.ts";

/** How a program is run. */
export interface RunOptions {
  readonly limits: { readonly wallMs: number };
  /** Where a failure is taken for what it is, without its details: it may then be found in a cheaper way. */
  readonly screened?: boolean;
}

/** Runs a program against tests; the sandbox behind it is the caller's. */
export type RunTests = (
  program: Pick<Task, "language" | "entry" | "prelude"> & { readonly code: string },
  tests: TestSpec,
  options: RunOptions,
) => Promise<Verdict>;

/** What the gate needs besides the candidate and its task. */
export interface GateContext {
  /** Runs a program against tests. */
  readonly run: RunTests;
  /** Where a bug of this hash was seen before. */
  readonly seen: (hash: string) => "archive" | "reference" | undefined;
  /** Time limit of the first run, milliseconds; the second gets twice as much. */
  readonly wallMs: number;
}

/** A valid bug, or why the candidate is none. */
export type GateOutcome =
  | {
    readonly ok: true;
    /** Canonical form. */
    readonly code: string;
    /** Of the task and the canonical form; see {@linkcode bugHash}. */
    readonly hash: string;
    /** Lines changed from the solution. */
    readonly edit: EditStats;
    /** Outcome of the visible tests, from which the fixer's observation is made. */
    readonly verdict: Verdict;
  }
  | { readonly ok: false; readonly reason: Rejection };

/** The identity of a bug: its task and its canonical form. */
export function bugHash(taskId: string, code: string): string {
  return sha256Hex(`${taskId}\n${code}`);
}

/**
 * Checks a candidate: statically, then by running it twice against the visible tests, then against what was seen.
 *
 * The second run has more time, so that it is no copy of the first out of a cache and a slow machine shows. It only has
 * to agree with the first, so it may be screened.
 *
 * @param source The candidate's code, as extracted from the reply.
 * @param task The task whose solution was broken.
 * @throws {SandboxError} If the sandbox cannot run anything.
 */
export async function validateBug(
  source: string,
  task: Task,
  context: GateContext,
): Promise<GateOutcome> {
  const checked = checkStatic(source, task);
  if (!checked.ok) return checked;
  const { code, edit } = checked;
  const program = { ...task, code };
  const limits = { wallMs: context.wallMs };
  const verdict = await context.run(program, task.tests, { limits });
  const reason = rejectionOf(verdict);
  if (reason !== undefined) return { ok: false, reason };
  const longer = { limits: { wallMs: 2 * context.wallMs } };
  const isSame = (again: Verdict) => failurePattern(again) === failurePattern(verdict);
  if (
    !isSame(await context.run(program, task.tests, { ...longer, screened: true })) &&
    !isSame(await context.run(program, task.tests, longer))
  ) {
    return { ok: false, reason: Rejection.FLAKY };
  }
  const hash = bugHash(task.id, code);
  const seen = context.seen(hash);
  if (seen !== undefined) {
    return { ok: false, reason: seen === "archive" ? Rejection.ARCHIVED : Rejection.REFERENCE };
  }
  return { ok: true, code, hash, edit, verdict };
}

/** Why a verdict does not make its program a bug; undefined if it does. */
export function rejectionOf(verdict: Verdict): Rejection | undefined {
  switch (verdict.kind) {
    case "passed":
      return Rejection.PASSES;
    case "failed":
      return undefined;
    case "timeout":
    case "out-of-memory":
      return testsOf(verdict).slice(0, -1).some((test) => !test.ok) ? undefined : Rejection.ENDLESS;
    case "crashed":
      return verdict.tests === undefined ? Rejection.LOAD_ERROR : Rejection.CRASH;
    case "rejected":
      return Rejection.LOAD_ERROR;
    case "unsupported":
      return Rejection.UNSUPPORTED;
  }
}

function testsOf(verdict: Verdict): readonly TestResult[] {
  return "tests" in verdict ? verdict.tests ?? [] : [];
}

/**
 * Which tests failed, as a text of `+` and `-` in the order of the tests. What ended an endless program, time or memory,
 * depends on the machine's load and takes no part.
 */
function failurePattern(verdict: Verdict): string {
  return testsOf(verdict).map((test) => test.ok ? "+" : "-").join("");
}
