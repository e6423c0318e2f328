/**
 * What an importer makes of a record of a file: a bug that carries its task, or why there is none.
 *
 * @module
 */
import type { z } from "zod";
import { Bug, Task } from "../types.ts";

/** A bug that carries its task. */
export const StandAloneBug = Bug.extend({ task: Task });
/** A bug that carries its task. */
export type StandAloneBug = z.output<typeof StandAloneBug>;

/** Why a record is not imported. */
export const ImportReason = {
  /** The record is not what the format says. */
  MALFORMED: "malformed",
  /** The program is in a language that is not judged. */
  LANGUAGE: "language",
  /** The record has nothing that could be run as a test. */
  NO_TESTS: "no-tests",
  /** An earlier record has the same id. */
  DUPLICATE: "duplicate",
  /** The fixed program does not pass. */
  FIXED_FAILS: "fixed-fails",
  /** The buggy program passes. */
  BUGGY_PASSES: "buggy-passes",
  /** The buggy program does not load, so that no test tells anything about it. */
  BUGGY_BROKEN: "buggy-broken",
  /** The sandbox cannot judge this program by these tests. */
  UNSUPPORTED: "unsupported",
} as const;
/** Why a record is not imported. */
export type ImportReason = typeof ImportReason[keyof typeof ImportReason];

/** A record that gives no bug. */
export interface Refusal {
  readonly reason: ImportReason;
  /** The field, the verdict or the value that was found. */
  readonly detail: string;
}

/** What became of one record. */
export interface ImportedRecord {
  /** `file:line`, or the file where the format has a file a bug. */
  readonly place: string;
  readonly outcome: StandAloneBug | Refusal;
}

/** What a format does not say itself. */
export interface ImportDefaults {
  /** `human`, `human-edited-lm` or `lm:<model>`; empty for what the format is known to hold. */
  readonly source: string;
  /** Empty for the license that the format's data set is known to have. */
  readonly license: string;
}

/** Reads a file or folder of one format, record by record. */
export type Importer = (path: string, defaults: ImportDefaults) => AsyncIterable<ImportedRecord>;

/** Whether a record gave no bug. */
export function isRefusal(outcome: StandAloneBug | Refusal): outcome is Refusal {
  return "reason" in outcome;
}

/** Says why a record gives no bug. */
export function refuse(reason: ImportReason, detail: string): Refusal {
  return { reason, detail };
}

/**
 * Converts a value if it fits a format's schema.
 *
 * @param schema What a record of the format must hold.
 * @param convert Makes a bug of it, whose form is checked again, or refuses.
 */
export function convertRecord<T>(
  schema: z.ZodType<T>,
  value: unknown,
  convert: (record: T) => StandAloneBug | Refusal,
): StandAloneBug | Refusal {
  const record = schema.safeParse(value);
  if (!record.success) return refuse(ImportReason.MALFORMED, describe(record.error));
  const made = convert(record.data);
  if (isRefusal(made)) return made;
  const bug = StandAloneBug.safeParse(made);
  return bug.success ? bug.data : refuse(ImportReason.MALFORMED, describe(bug.error));
}

/** Parses JSON text and converts it; see {@linkcode convertRecord}. */
export function convertJson<T>(
  schema: z.ZodType<T>,
  text: string,
  convert: (record: T) => StandAloneBug | Refusal,
): StandAloneBug | Refusal {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(ImportReason.MALFORMED, error instanceof Error ? error.message : String(error));
  }
  return convertRecord(schema, value, convert);
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  const field = issue!.path.join(".") || "record";
  return `field "${field}": ${issue!.message}`;
}
