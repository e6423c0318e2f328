/**
 * One line about what is wrong with a configuration: the field, what was expected, what was found.
 *
 * @module
 */
import type { z } from "zod";

/** A place values came from: the command line or a file. */
export interface Source {
  /** File name, or "" for the command line. */
  readonly file: string;
  /** Values it gave. */
  readonly values: unknown;
}

/**
 * Describes every issue of a failed parse on one line.
 *
 * @param error What zod said.
 * @param sources Where values came from, in order of precedence; the last one that holds a field is named.
 */
export function describeIssues(error: z.ZodError, sources: readonly Source[]): string {
  return error.issues.map((issue) => describeIssue(issue, sources)).join("; ");
}

function describeIssue(issue: z.core.$ZodIssue, sources: readonly Source[]): string {
  if (issue.code === "unrecognized_keys") {
    const path = [...issue.path, issue.keys[0]!];
    return `${fieldName(path, sources)}: expected a known field, found ${issue.keys.join(", ")}`;
  }
  const source = sourceOf(issue.path, sources);
  const found = source ? inspect(valueAt(source.values, issue.path)) : "nothing";
  return `${fieldName(issue.path, sources)}: ${expectation(issue)}, found ${found}`;
}

/** Zod's message without its category and without the type it received: the value itself is shown instead. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const parts = issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation));
    return parts.map((part, i) => i === 0 ? part : part.replace(/^expected /, "")).join(" or ");
  }
  return issue.message
    .replace(/^(Invalid \w+( \w+)?|Too (small|big)|Unrecognized \w+): /, "")
    .replace(/, received .*$/, "");
}

/** `model.modelDim`, with the file it stands in. */
function fieldName(path: readonly PropertyKey[], sources: readonly Source[]): string {
  const name = path.length > 0 ? path.map(String).join(".") : "configuration";
  const file = sourceOf(path, sources)?.file;
  return file ? `${name} in ${file}` : name;
}

function sourceOf(path: readonly PropertyKey[], sources: readonly Source[]): Source | undefined {
  return sources.findLast((source) => valueAt(source.values, path) !== undefined);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined,
    value,
  );
}

function inspect(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
