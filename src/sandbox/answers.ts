/**
 * What a candidate's process writes to the host, and what its end means.
 *
 * @module
 */
import type { Child } from "./child.ts";
import { candidatePlace, formatThrown, type Thrown } from "./feedback.ts";
import type { Encoded, Limits, TestResult, Verdict } from "./types.ts";

/** What a child may write, one value a line. */
export type Answer =
  | { readonly load: Thrown }
  | { readonly loaded: string }
  | { readonly value: Encoded }
  | { readonly error: Thrown };

/** Whether something that a child wrote has the form of an answer to a call. */
export function isAnswer(
  value: unknown,
): value is Extract<Answer, { value: Encoded } | { error: Thrown }> {
  if (typeof value !== "object" || value === null) return false;
  if ("value" in value) return true;
  const { error } = value as { readonly error?: Partial<Record<keyof Thrown, unknown>> | null };
  return typeof error === "object" && error !== null &&
    [error.name, error.message, error.stack].every((text) => typeof text === "string");
}

/** The next answer, or `undefined` once the process has ended. */
export async function nextAnswer(child: Child, limits: Limits): Promise<Answer | undefined> {
  const line = await child.readLine(limits.outputBytes);
  if (line === undefined) return undefined;
  try {
    const answer = JSON.parse(line);
    if (typeof answer === "object" && answer !== null) return answer;
  } catch {
    // the candidate wrote to the descriptor itself
  }
  return { error: { name: "", message: "wrote into its own answers", stack: "" } };
}

/** The verdict on a program that did not load: it does not parse, or it threw. */
export function loadFailure(thrown: Thrown): Verdict {
  if (thrown.name === "UnsupportedModule") return { kind: "unsupported", reason: thrown.message };
  const place = candidatePlace(thrown.message) ?? thrown.place;
  const syntax = /^(?:Syntax|Indentation|Tab)Error$/.test(thrown.name) ||
    thrown.message.startsWith("SyntaxError");
  if (!syntax || !place) {
    return { kind: "crashed", message: `while loading: ${formatThrown(thrown)}` };
  }
  const reason = formatThrown({ name: "", message: thrown.message, stack: "" }).split("\n")[0]!;
  return { kind: "rejected", reason: reason.replace(/ at line \d+$/, ""), ...place };
}

/** Signals by which the system or the engine itself ends a program that ran out of memory. */
const MEMORY_SIGNALS: readonly string[] = ["SIGTRAP", "SIGABRT", "SIGILL", "SIGSEGV", "SIGBUS"];

/** The verdict on a program whose process ended before all answers were there. */
export async function endOf(
  child: Child,
  limits: Limits,
  tests: readonly TestResult[],
): Promise<Verdict> {
  const { why, signal } = await child.ended();
  if (why === "deadline" || signal === "SIGKILL" || signal === "SIGXCPU") {
    return { kind: "timeout", tests };
  }
  if (why === "flood") {
    return { kind: "crashed", message: `wrote more than ${limits.outputBytes} bytes`, tests };
  }
  if (signal !== null && MEMORY_SIGNALS.includes(signal)) return { kind: "out-of-memory", tests };
  return { kind: "crashed", message: "ended before it answered", tests };
}
