/**
 * Small imports for tests.
 *
 * @module
 */
import { SandboxConfig } from "../../src/config/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import {
  importBugs,
  type ImportedRecord,
  type Importer,
  IMPORTERS,
  isRefusal,
  type RejectedRecord,
  runIn,
  type StandAloneBug,
} from "../../src/tasks/mod.ts";

/** The records of a file, unjudged, with `folder/` cut from their places. */
export async function recordsOf(
  format: string,
  path: string,
  defaults: Parameters<Importer>[1] = { source: "", license: "" },
): Promise<ImportedRecord[]> {
  const records = await Array.fromAsync(IMPORTERS[format]!(path, defaults));
  return records.map(({ place, outcome }) => ({ place: place.split("/").at(-1)!, outcome }));
}

/** Places and reasons of the records that gave no bug. */
export function refusalsOf(records: readonly ImportedRecord[]): string[] {
  return records.flatMap(({ place, outcome }) =>
    isRefusal(outcome) ? [`${place} ${outcome.reason}: ${outcome.detail}`] : []
  );
}

/** Judges records in a sandbox of two children. */
export async function judgeRecords(
  records: readonly ImportedRecord[],
  wallMs = 4000,
): Promise<{ read: number; accepted: StandAloneBug[]; rejected: RejectedRecord[] }> {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 2 }), () => {});
  const options = { run: runIn(sandbox), wallMs, window: 4 };
  const judged = await Array.fromAsync(importBugs(streamOf(records), options));
  return {
    read: judged.length,
    accepted: judged.flatMap(({ accepted }) => accepted ?? []),
    rejected: judged.flatMap(({ rejected }) => rejected ?? []),
  };
}

async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
