/**
 * Learning once more from the dumped rounds of a run: training alone, nothing is sampled and nothing judged.
 *
 * With the run's own settings the updates are bit-identical to the run's; with others, the same rollouts show what an
 * estimator, a loss or a rate does.
 *
 * @module
 */
import { fileHash } from "../bench/mod.ts";
import { ConfigError, type Json } from "../base/mod.ts";
import type { Source, TrainConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import type { Baselines } from "../rl/mod.ts";
import { openRun, Progress, readRunRecord } from "../run/mod.ts";
import { crosses } from "./budget.ts";
import { readDump } from "./dump.ts";
import { learnFrom, openLearning } from "./learn.ts";
import { profiled } from "./profile.ts";

/** What a replay leaves. */
export interface ReplayResult {
  /** The replay's run directory. */
  readonly path: string;
  /** Rounds learned from. */
  readonly rounds: number;
  /** SHA-256 of the weights after the last round; empty where they are in several files. */
  readonly weights: string;
  /** Whether the replayed run's own checkpoint of that round has the same weights; absent if it kept none. */
  readonly same?: boolean;
}

/**
 * For `readConfig`: the values that a dumped run was started with.
 *
 * @throws {ConfigError} If the directory is not a run's.
 */
export async function replayedValues(dir: string): Promise<Source> {
  const record = await readRunRecord(dir);
  if (!record) throw new ConfigError(`Cannot replay ${dir}: expected a run, found no config.json`);
  const values = Object.entries(record.config as Record<string, unknown>)
    .filter(([key]) => !["run", "resume", "dumpRollouts", "profile"].includes(key));
  return { file: `${dir}/config.json`, values: Object.fromEntries(values) };
}

/**
 * Learns from every dumped round of `config.replay` in turn.
 *
 * @throws {ConfigError} If it dumped none.
 */
export async function runReplay(gpu: Gpu, config: TrainConfig): Promise<ReplayResult> {
  const { seed, replay, checkpointEvery } = config;
  await using stack = new AsyncDisposableStack();
  const { policy, learning } = await openLearning(gpu, config, stack);
  const identity = { command: "replay", config, seed, adapter: gpu.adapter.name };
  await using run = await openRun(config.run, identity);
  let baselines: Baselines = { generator: 0, fixer: 0 };
  if (run.checkpointPath) {
    await policy.restore(run.checkpointPath, learning.learner);
    baselines = run.state["baselines"] as unknown as Baselines;
  }
  using progress = new Progress(config.steps);
  let step = run.nextStep;
  for (let next = await readDump(replay, step); next; step++) {
    progress.update({ step, phase: "update" });
    const { at, episodes } = next;
    const place = { step, at, baselines };
    const update = await profiled(gpu, run, () => learnFrom(learning, episodes, place));
    baselines = update.baselines;
    await run.record(step, update.metrics);
    next = await readDump(replay, step + 1);
    if (next && !crosses(checkpointEvery, step, step + 1)) continue;
    run.state = { baselines: baselines as unknown as Json };
    await run.checkpoint(step, (dir) => policy.save(dir, learning.learner, config.model.dtype));
  }
  if (step === 0) throw new ConfigError(`Cannot replay ${replay}: expected rounds in updates/`);
  const weights = await weightsOf(run.checkpointPath!);
  const original = await weightsOf(`${replay}/checkpoints/step-${step - 1}`);
  return {
    path: run.path,
    rounds: step,
    weights: weights ?? "",
    ...(weights && original && { same: weights === original }),
  };
}

async function weightsOf(dir: string): Promise<string | undefined> {
  return await fileHash(`${dir}/model.safetensors`).catch(() => undefined);
}
