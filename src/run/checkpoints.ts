/**
 * The folder of checkpoints: each appears complete, under the name of its step, or not at all.
 *
 * Beside what the caller writes, a checkpoint holds `run.json` (sizes of the run's growing files, the best step) and
 * `state.json` (archive, baselines, cursors). Going back to it is therefore going back to one moment of the whole run.
 *
 * @module
 */
import type { Json } from "../base/mod.ts";
import { listNames, readJson, type Sizes, TEMPORARY, writeFile } from "./files.ts";

/** A moment a run can be continued from. */
export interface Checkpoint {
  /** The step after which it was written. */
  readonly step: number;
  /** Its directory. */
  readonly path: string;
  /** Step of the best checkpoint so far, if one was called best. */
  readonly best: number | undefined;
  /** Sizes of the run's growing files at that moment. */
  readonly sizes: Sizes;
}

/** What `run.json` holds. */
type Cursor = Pick<Checkpoint, "best" | "sizes">;

/** Writes the caller's part of a checkpoint into a directory. */
export type CheckpointWriter = (dir: string) => Promise<void>;

/**
 * Finds the newest complete checkpoint and removes what a killed process left half-done.
 *
 * @param folder The run's `checkpoints/`.
 * @param fits Whether the run's files still hold what a checkpoint counts on; a power cut can undo that.
 */
export async function newestCheckpoint(
  folder: string,
  fits: (sizes: Sizes) => boolean,
): Promise<Checkpoint | undefined> {
  for (const name of await listNames(folder)) {
    if (name.endsWith(TEMPORARY)) await Deno.remove(`${folder}/${name}`, { recursive: true });
  }
  for (const step of (await listSteps(folder)).reverse()) {
    const path = checkpointPath(folder, step);
    const record = await readJson(`${path}/run.json`).catch(() => undefined) as Cursor | undefined;
    if (record && fits(record.sizes)) return { step, path, best: record.best, sizes: record.sizes };
    await Deno.remove(path, { recursive: true });
  }
  return undefined;
}

/** Writes a checkpoint under a temporary name and renames it when all of it is there. */
export async function writeCheckpoint(
  checkpoint: Checkpoint,
  state: Json,
  write: CheckpointWriter,
): Promise<void> {
  const { path, best, sizes } = checkpoint;
  const temporary = path + TEMPORARY;
  await removeIfThere(temporary);
  await Deno.mkdir(temporary, { recursive: true });
  await write(temporary);
  await writeFile(`${temporary}/state.json`, JSON.stringify(state));
  await writeFile(`${temporary}/run.json`, JSON.stringify({ best, sizes }));
  const replaced = `${path}.old${TEMPORARY}`;
  await removeIfThere(replaced);
  await Deno.rename(path, replaced).catch(ignoreMissing);
  await Deno.rename(temporary, path);
  await removeIfThere(replaced);
}

/** Removes all checkpoints but the newest ones and the best one. */
export async function pruneCheckpoints(
  folder: string,
  keep: number,
  best: number | undefined,
): Promise<void> {
  for (const step of (await listSteps(folder)).slice(0, -keep)) {
    if (step === best) continue;
    const path = checkpointPath(folder, step);
    await Deno.rename(path, path + TEMPORARY); // a kill during removal must not leave a half one
    await Deno.remove(path + TEMPORARY, { recursive: true });
  }
}

/** Directory of the checkpoint of a step. */
export function checkpointPath(folder: string, step: number): string {
  return `${folder}/step-${step}`;
}

/** The complete checkpoints of a run directory, oldest first. */
export async function listCheckpoints(
  run: string,
): Promise<{ readonly step: number; readonly path: string }[]> {
  const folder = `${run}/checkpoints`;
  return (await listSteps(folder)).map((step) => ({ step, path: checkpointPath(folder, step) }));
}

/** Steps that have a checkpoint, ascending. */
async function listSteps(folder: string): Promise<number[]> {
  const names = await listNames(folder);
  return names.flatMap((name) => /^step-\d+$/.test(name) ? [Number(name.slice(5))] : [])
    .sort((a, b) => a - b);
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
