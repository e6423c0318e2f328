/**
 * Importing: records are read one by one, judged a few at a time, and given on as they are judged, in the file's order.
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

/** What became of a record once it was judged. */
export type JudgedRecord =
  | { readonly accepted: StandAloneBug; readonly rejected?: never }
  | { readonly rejected: RejectedRecord; readonly accepted?: never };

/** How to judge. */
export interface ImportOptions {
  /** Runs a program against tests, in the sandbox. */
  readonly run: RunTests;
  /** Time limit of a buggy program, milliseconds; a fixed one gets twice as much. */
  readonly wallMs: number;
  /** Records read and not yet given on, at most: a slow one holds up those after it, and no more are read meanwhile. */
  readonly window: number;
}

/**
 * Judges every record and gives it on in the file's order. Of what was given on, only the ids are kept.
 *
 * @throws {ConfigError} At the end, if there was no record, or none that fits the format; the message names the first place.
 * @throws {SandboxError} If the sandbox cannot run anything.
 */
export async function* importBugs(
  records: AsyncIterable<ImportedRecord>,
  { run, wallMs, window }: ImportOptions,
): AsyncGenerator<JudgedRecord> {
  const seen = new Set<string>();
  const judged = mapInOrder(records, window, async ({ place, outcome }): Promise<JudgedRecord> => {
    if (isRefusal(outcome)) return { rejected: { place, ...outcome } };
    const { id } = outcome;
    if (seen.has(id)) {
      const duplicate = refuse(ImportReason.DUPLICATE, `id "${id}" came before`);
      return { rejected: { place, id, ...duplicate } };
    }
    seen.add(id);
    const refusal = await verifyBug(outcome, run, wallMs);
    return refusal ? { rejected: { place, id, ...refusal } } : { accepted: outcome };
  });
  let first: RejectedRecord | undefined;
  let fits = false;
  for await (const record of judged) {
    first ??= record.rejected;
    fits ||= record.rejected?.reason !== ImportReason.MALFORMED;
    yield record;
  }
  if (fits) return;
  throw new ConfigError(
    first
      ? `Cannot import ${first.place}: ${first.detail}` // not of the format that was named
      : "Cannot import: expected at least one record, found none",
  );
}

/** Maps a stream, at most `window` items at a time; results come in the stream's order. */
async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  window: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  for await (const item of items) {
    const result = map(item);
    result.catch(() => {}); // the one that waits for it will hear
    underWay.push(result);
    if (underWay.length >= window) yield await underWay.shift()!;
  }
  for (const result of underWay) yield await result;
}
