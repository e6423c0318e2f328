/**
 * The run directory: self-describing, append-only, and continued exactly after a kill at any moment.
 *
 * `config.json`, `metrics.jsonl` (a line a step), `rollouts/` (rotated), `eval.jsonl`, `checkpoints/step-N/`, reports.
 * Opening goes back to the newest complete checkpoint: lines written after it are cut away, and a deterministic job that
 * repeats those steps ends with the files of an unbroken run. So a step's checkpoint comes last in the step.
 *
 * @module
 */
import { ConfigError, type Json, type Rng, rngStream } from "../base/mod.ts";
import type { RunConfig } from "../config/mod.ts";
import {
  type Checkpoint,
  checkpointPath,
  type CheckpointWriter,
  newestCheckpoint,
  pruneCheckpoints,
  writeCheckpoint,
} from "./checkpoints.ts";
import { JsonLines, listNames, readJson, restoreSizes, type Sizes, writeFile } from "./files.ts";
import {
  checkSameRun,
  describeRun,
  readRunRecord,
  type RunIdentity,
  versionChanges,
} from "./identity.ts";
import { writeNote } from "./output.ts";
import { RotatedLines } from "./rotated.ts";

/** Values of a step's metrics: numbers, histograms, names. */
export type Metrics = Readonly<Record<string, Json>>;

/** An open run directory; one process at a time holds it. */
export class Run implements AsyncDisposable {
  /** The run directory. */
  readonly path: string;
  /** Small state that is saved with every checkpoint and restored from it: archive, baselines, cursors. */
  state: Record<string, Json>;
  readonly #settings: RunConfig;
  readonly #seed: number;
  readonly #files: RunFiles;
  #newest: Checkpoint | undefined;

  /** Takes over open files; see {@linkcode openRun}. */
  constructor(path: string, parts: {
    settings: RunConfig;
    seed: number;
    files: RunFiles;
    newest: Checkpoint | undefined;
    state: Record<string, Json>;
  }) {
    this.path = path;
    this.#settings = parts.settings;
    this.#seed = parts.seed;
    this.#files = parts.files;
    this.#newest = parts.newest;
    this.state = parts.state;
  }

  /** The first step that is not in a checkpoint. */
  get nextStep(): number {
    return this.#newest ? this.#newest.step + 1 : 0;
  }

  /** Directory of the newest complete checkpoint, if there is one. */
  get checkpointPath(): string | undefined {
    return this.#newest?.path;
  }

  /** Directory of the checkpoint last called best, if there is one. */
  get bestPath(): string | undefined {
    const step = this.#newest?.best;
    return step === undefined ? undefined : checkpointPath(`${this.path}/checkpoints`, step);
  }

  /** Random stream of a key, for example a step and a role: a function of the run's seed and the key alone. */
  rng(...key: readonly (number | string)[]): Rng {
    return rngStream(this.#seed, ...key);
  }

  /** Appends a step's line to `metrics.jsonl`. */
  async record(step: number, metrics: Metrics): Promise<void> {
    await this.#files.metrics.append({ step, ...metrics });
  }

  /** Appends lines to the newest file in `rollouts/`. */
  async rollout(...records: readonly object[]): Promise<void> {
    await this.#files.rollouts.append(...records);
  }

  /** Appends a line to `eval.jsonl`. */
  async evaluation(record: object): Promise<void> {
    await this.#files.evaluations.append(record);
  }

  /**
   * Writes `checkpoints/step-N/`, which holds the caller's files and {@linkcode state}, and drops the oldest ones.
   *
   * @param step The step that was just finished.
   * @param write Writes the caller's part into the directory it is given.
   * @param options `best`: whether this is the best checkpoint so far; that one is never dropped.
   */
  async checkpoint(
    step: number,
    write: CheckpointWriter,
    options: { best?: boolean } = {},
  ): Promise<void> {
    const folder = `${this.path}/checkpoints`;
    const sizes = await this.#files.sync();
    const best = options.best ? step : this.#newest?.best;
    const checkpoint = { step, path: checkpointPath(folder, step), best, sizes };
    await writeCheckpoint(checkpoint, this.state, write);
    this.#newest = checkpoint;
    await pruneCheckpoints(folder, this.#settings.keepCheckpoints, best);
  }

  /** Writes `report.json` and `report.md`. */
  async report(report: { json: object; markdown: string }): Promise<void> {
    await this.write("report.json", `${JSON.stringify(report.json, null, 2)}\n`);
    await this.write("report.md", report.markdown);
  }

  /** Writes a file of the run directory, for example a plot. */
  async write(name: string, data: string | Uint8Array): Promise<void> {
    await writeFile(`${this.path}/${name}`, data);
  }

  /** Closes the files and lets another process open the run. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#files[Symbol.dispose]();
    return Promise.resolve();
  }
}

/** The growing files of a run and its lock. */
class RunFiles implements Disposable {
  readonly metrics: JsonLines;
  readonly evaluations: JsonLines;
  readonly rollouts: RotatedLines;
  readonly #lock: Disposable;

  constructor(lock: Disposable, files: [JsonLines, JsonLines, RotatedLines]) {
    this.#lock = lock;
    [this.metrics, this.evaluations, this.rollouts] = files;
  }

  /** Makes all lines durable and tells the sizes. */
  async sync(): Promise<Sizes> {
    await Promise.all([this.metrics.sync(), this.evaluations.sync(), this.rollouts.sync()]);
    return {
      "metrics.jsonl": this.metrics.sizeBytes,
      "eval.jsonl": this.evaluations.sizeBytes,
      ...this.rollouts.sizes("rollouts/"),
    };
  }

  [Symbol.dispose](): void {
    for (const file of [this.metrics, this.evaluations, this.rollouts, this.#lock]) {
      file[Symbol.dispose]();
    }
  }
}

/**
 * Opens a run directory: a new one, or an earlier one of that name at its newest complete checkpoint.
 *
 * @param settings Where it lives.
 * @param identity What it is; written to `config.json`.
 * @throws {ConfigError} If another process holds the run, or if it was started with another command, model, seed or
 *   method; the message names the key.
 */
export async function openRun(settings: RunConfig, identity: RunIdentity): Promise<Run> {
  const now = await describeRun(identity);
  const name = settings.name || `${now.command}-${now.startedAt.replace(/[-:]|\..*/g, "")}`;
  const path = `${settings.root}/${name}`;
  const before = await readRunRecord(path);
  if (before) checkSameRun(path, before, identity);
  await Deno.mkdir(`${path}/rollouts`, { recursive: true });
  await Deno.mkdir(`${path}/checkpoints`, { recursive: true });
  const lock = await lockRun(path);
  const newest = await goBack(path);
  const config = withRunName(now.config, name);
  const record = { ...now, config, startedAt: before?.startedAt ?? now.startedAt };
  await writeFile(`${path}/config.json`, `${JSON.stringify(record, null, 2)}\n`);
  for (const change of before && newest ? versionChanges(before, now) : []) {
    writeNote(`Continuing ${path}: ${change}; metrics may differ from an unbroken run.`);
  }
  const files = new RunFiles(lock, [
    await JsonLines.open(`${path}/metrics.jsonl`),
    await JsonLines.open(`${path}/eval.jsonl`),
    await RotatedLines.open(`${path}/rollouts`, settings.rolloutFileMb * 2 ** 20),
  ]);
  const stored = newest ? await readJson(`${newest.path}/state.json`) : undefined;
  const state = (stored ?? {}) as Record<string, Json>;
  return new Run(path, { settings, seed: identity.seed, files, newest, state });
}

/** Cuts the run's files back to the newest complete checkpoint and returns it. */
async function goBack(path: string): Promise<Checkpoint | undefined> {
  const rollouts = (await listNames(`${path}/rollouts`)).map((name) => `rollouts/${name}`);
  const single = (await listNames(path)).filter((name) => name.endsWith(".jsonl"));
  const files = [...single, ...rollouts];
  const now = new Map<string, number>();
  for (const file of files) now.set(file, (await Deno.stat(`${path}/${file}`)).size);
  const fits = (sizes: Sizes): boolean =>
    Object.entries(sizes).every(([file, size]) => (now.get(file) ?? 0) >= size);
  const newest = await newestCheckpoint(`${path}/checkpoints`, fits);
  await restoreSizes(path, files, newest?.sizes ?? {});
  return newest;
}

/** Holds a run for this process; the system lets go of it however the process ends. */
async function lockRun(path: string): Promise<Disposable> {
  const file = await Deno.open(`${path}/.lock`, { write: true, create: true });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new ConfigError(`Cannot open ${path}: expected a free run, another process holds it`);
}

/** The configuration with the run's actual name, so that reading it back finds the same directory. */
function withRunName(config: object, name: string): object {
  const { run } = config as { readonly run?: object };
  return run ? { ...config, run: { ...run, name } } : config;
}
