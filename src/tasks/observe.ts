/**
 * What a fixer is told about a failing program: deterministic text made of a verdict.
 *
 * @module
 */
import { type Encoded, formatCall, formatValue, trimText, type Verdict } from "../sandbox/mod.ts";
import type { CallCase } from "./types.ts";

/** Longest short observation, in characters. */
export const SHORT_OBSERVATION = 80;

/** What a failing call did instead of returning the expected value. */
export type Failure =
  | { readonly kind: "value"; readonly value: Encoded }
  | { readonly kind: "threw"; readonly message: string };

/** Where a message ends on the candidate's line, which a short observation leaves out. */
const LINE = / \(line \d+\)$/;

function shorten(name: string, message: string): string {
  const [first = ""] = message.split("\n");
  return trimText(`${name}: ${first.replace(LINE, "")}`, SHORT_OBSERVATION);
}

/** The short observation of one failing case, the same text that {@linkcode observeFirst} makes of its verdict. */
export function describeFailure(entry: string, item: CallCase, failure: Failure): string {
  const did = failure.kind === "value"
    ? `received ${formatValue(failure.value)}`
    : `threw ${failure.message}`;
  return shorten(formatCall(entry, item.args), `expected ${formatValue(item.expected)}, ${did}`);
}

/** What a verdict says beside its tests. */
function reasonOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case "passed":
    case "failed":
      return "";
    case "crashed":
      return verdict.message;
    case "rejected":
      return verdict.line === undefined
        ? verdict.reason
        : `${verdict.reason} (line ${verdict.line})`;
    case "unsupported":
      return verdict.reason;
    case "timeout":
      return "did not end in time";
    case "out-of-memory":
      return "ran out of memory";
  }
}

/** One line about the first failing test, at most 80 characters; the reason if no test failed; empty if all passed. */
export function observeFirst(verdict: Verdict): string {
  const tests = "tests" in verdict ? verdict.tests ?? [] : [];
  const failed = tests.find((test) => !test.ok);
  if (failed) return shorten(failed.name, failed.message);
  return trimText(reasonOf(verdict).split("\n")[0]!, SHORT_OBSERVATION);
}

/**
 * The failing tests and the reason, one paragraph each, without times and paths.
 *
 * @param maxChars The text is cut there.
 */
export function observe(verdict: Verdict, maxChars = 4000): string {
  const tests = "tests" in verdict ? verdict.tests ?? [] : [];
  const failed = tests.filter((test) => !test.ok).map((test) => `${test.name}: ${test.message}`);
  const reason = reasonOf(verdict);
  return trimText([...failed, ...(reason === "" ? [] : [reason])].join("\n"), maxChars);
}
