/**
 * The part of the validity gate that runs nothing.
 *
 * @module
 */
import { canonicalForm } from "../canonical.ts";
import { type EditStats, editStats } from "../diff.ts";
import type { Task } from "../types.ts";
import { newlyForbidden } from "./forbidden.ts";
import { Rejection } from "./rejection.ts";
import { importsOf, signatureOf } from "./signature.ts";

/** What the gate reads of a task. */
export type GateTask = Pick<Task, "language" | "entry" | "solution">;

/** A candidate that the static gate lets pass, or why not. */
export type StaticOutcome =
  | {
    readonly ok: true;
    /** The candidate in canonical form: what is diffed, embedded and shown to the fixer. */
    readonly code: string;
    /** Lines changed from the solution. */
    readonly edit: EditStats;
  }
  | { readonly ok: false; readonly reason: Rejection };

/** Lines that any bug may change. */
const FREE_LINES = 12;

/** Share of the lines that a bug may change where that is more. */
const FREE_SHARE = 0.4;

/**
 * Checks a candidate up to the point where it has to be run.
 *
 * In order: it parses; in canonical form it differs from the solution; same entry, signature and imports; changed lines
 * at most max(12, 40 %); no newly used randomness, time, I/O, exit, reflection or test machinery.
 *
 * @param source The candidate's code, as extracted from the reply.
 * @param task Its task.
 * @throws {SyntaxError} If the task's own solution does not parse.
 */
export function checkStatic(source: string, task: GateTask): StaticOutcome {
  const { language, entry } = task;
  const solution = canonicalForm(task.solution, language);
  const code = tryCanonical(source, language);
  if (code === undefined) return reject(Rejection.SYNTAX);
  if (code === "") return reject(Rejection.NO_CODE);
  if (code === solution) return reject(Rejection.UNCHANGED);
  const signature = signatureOf(code, entry, language);
  if (signature === undefined || signature !== signatureOf(solution, entry, language)) {
    return reject(Rejection.SIGNATURE);
  }
  if (importsOf(code, language).join("\n") !== importsOf(solution, language).join("\n")) {
    return reject(Rejection.IMPORTS);
  }
  const edit = editStats(solution, code);
  if (edit.changedLines > FREE_LINES && edit.changedShare > FREE_SHARE) {
    return reject(Rejection.TOO_LARGE);
  }
  if (newlyForbidden(code, solution, language).length > 0) return reject(Rejection.FORBIDDEN);
  return { ok: true, code, edit };
}

function reject(reason: Rejection): StaticOutcome {
  return { ok: false, reason };
}

/** The canonical form, or undefined for code that does not parse or nests too deep for the parser. */
export function tryCanonical(source: string, language: Task["language"]): string | undefined {
  try {
    return canonicalForm(source, language);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
