/**
 * Importing: records are read one by one, judged a few at a time, and sorted into those that hold and the others.
 *
 * @module
 */
import { ConfigError } from "../../base/mod.ts";
import type { RunTests } from "../gate/mod.ts";
import {
  type ImportedRecord,
  ImportReason,
  isRefusal,
  type Refusal,
  refuse,
  type StandAloneBug,
} from "./record.ts";
import { verifyBug } from "./verify.ts";

/** A record that was turned away, as it is written down. */
export interface RejectedRecord extends Refusal {
  /** `file:line`, or the file. */
  readonly place: string;
  /** Of the bug, where the record gave one. */
  readonly id?: string;
}

/** What became of a file. */
export interface ImportReport {
  /** Records in the file. */
  readonly read: number;
  /** Bugs that hold, in the file's order. */
  readonly accepted: readonly StandAloneBug[];
  /** The others, in the file's order. */
  readonly rejected: readonly RejectedRecord[];
}

/** How to judge. */
export interface ImportOptions {
  /** Runs a program against tests, in the sandbox. */
  readonly run: RunTests;
  /** Time limit of a buggy program, milliseconds; a fixed one gets twice as much. */
  readonly wallMs: number;
  /** Records judged at once. */
  readonly width: number;
  /** Is told the number of records after each one. */
  readonly onRecord?: (read: number) => void;
}

/**
 * Judges every record.
 *
 * @throws {ConfigError} If the file has no record, or none that fits the format; the message names the first place.
 * @throws {SandboxError} If the sandbox cannot run anything.
 */
export async function importBugs(
  records: AsyncIterable<ImportedRecord>,
  { run, wallMs, width, onRecord }: ImportOptions,
): Promise<ImportReport> {
  const accepted: StandAloneBug[] = [];
  const rejected: RejectedRecord[] = [];
  const seen = new Set<string>();
  const judged = mapInOrder(records, width, async ({ place, outcome }) => {
    if (isRefusal(outcome)) return { place, refusal: outcome };
    const { id } = outcome;
    if (seen.has(id)) {
      return { place, id, refusal: refuse(ImportReason.DUPLICATE, `id "${id}" came before`) };
    }
    seen.add(id);
    return { place, id, refusal: await verifyBug(outcome, run, wallMs), bug: outcome };
  });
  for await (const { place, id, refusal, bug } of judged) {
    if (refusal) rejected.push({ place, ...(id !== undefined && { id }), ...refusal });
    else accepted.push(bug!);
    onRecord?.(accepted.length + rejected.length);
  }
  checkFormat(accepted, rejected);
  return { read: accepted.length + rejected.length, accepted, rejected };
}

/** Counts refusals by reason. */
export function countReasons(rejected: readonly RejectedRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of rejected) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** A file in which nothing fits is not of the format that was named. */
function checkFormat(
  accepted: readonly StandAloneBug[],
  rejected: readonly RejectedRecord[],
): void {
  const [first] = rejected;
  if (accepted.length === 0 && !first) {
    throw new ConfigError("Cannot import: expected at least one record, found none");
  }
  if (accepted.length > 0 || rejected.some(({ reason }) => reason !== ImportReason.MALFORMED)) {
    return;
  }
  throw new ConfigError(`Cannot import ${first!.place}: ${first!.detail}`);
}

/** Maps a stream with at most `width` calls under way; results come in the stream's order. */
async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  width: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for await (const item of items) {
    const result = map(item);
    result.catch(() => {}); // the one that waits for it will hear
    underWay.push(result);
    if (underWay.length >= width) yield await underWay.shift()!;
  }
  for (const result of underWay) yield await result;
}
