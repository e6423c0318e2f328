/**
 * From a reply to a verdict: the code is read, brought to canonical form, and run against all tests of its task.
 *
 * @module
 */
import type { Verdict } from "../sandbox/mod.ts";
import { type RunTests, type Task, tryCanonical } from "../tasks/mod.ts";
import type { AskFormat } from "./format.ts";

/** What a reply is worth. */
export interface JudgedReply {
  /** Canonical form; absent if there was no code that parses. */
  readonly code?: string;
  /** Outcome of the visible tests; absent without code. */
  readonly verdict?: Verdict;
  /** Whether visible and hidden tests pass. */
  readonly passed: boolean;
}

/** What a reply is judged with. */
export interface JudgeContext<Completion> {
  /** How the model was asked. */
  readonly format: Pick<AskFormat<unknown, Completion>, "readReply">;
  /** Runs a program against tests. */
  readonly run: RunTests;
  /** Time limit of a run, milliseconds. */
  readonly wallMs: number;
  /** Whether it only matters that a reply fails, not how; see `RunOptions`. */
  readonly screened?: boolean;
}

/** Judges one reply by the visible tests and, if they pass, by the hidden ones. */
export async function judgeReply<Completion>(
  { format, run, wallMs, screened = false }: JudgeContext<Completion>,
  task: Task,
  completion: Completion,
): Promise<JudgedReply> {
  const reply = format.readReply(completion);
  const code = reply.ok ? tryCanonical(reply.code, task.language) : undefined;
  if (code === undefined) return { passed: false };
  const program = { ...task, code };
  const options = { limits: { wallMs }, screened };
  const verdict = await run(program, task.tests, options);
  const hidden = verdict.kind === "passed" && task.hiddenTests !== undefined
    ? await run(program, task.hiddenTests, options)
    : verdict;
  return { code, verdict, passed: hidden.kind === "passed" };
}
