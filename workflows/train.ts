/**
 * Trains one model in two roles: the generator breaks working programs, the fixer repairs them, and the sandbox says
 * who was right. A small set of real bugs anchors both.
 *
 * Measures the fix rate on held-out real bugs before and after; writes metrics, rollouts, checkpoints and a report
 * under `runs/<name>/`, and continues from the newest checkpoint found there.
 *
 *   deno task train
 *   deno task train --method self-play --steps 2 --json
 *
 * @module
 */
import { sha256Hex } from "../src/base/mod.ts";
import {
  type ItemResult,
  plots,
  type Profile,
  profileOf,
  profileTable,
  trainReport,
  trainSummary,
} from "../src/bench/mod.ts";
import { readConfig, TrainConfig } from "../src/config/mod.ts";
import type { Gpu } from "../src/gpu/mod.ts";
import { readCheckpoint } from "../src/model/mod.ts";
import { openRun, Progress, type Run, runMain, storedConfig, writeResult } from "../src/run/mod.ts";
import {
  checkPlan,
  describePlan,
  type EvaluationRecord,
  evaluationRecord,
  type Measures,
  openConfiguredGpu,
  openTraining,
  planTraining,
  readMeasures,
  type TrainingSession,
  trainingWork,
  tuneGpu,
} from "../src/session/mod.ts";

/** Trains to `config.steps`; a candidate that crashes is a reward, never an exception. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(TrainConfig, args, storedConfig("train"));
  const { config: model } = await readCheckpoint(config.model.path);
  const plan = planTraining(config, model);
  if (config.plan) return writeResult({ value: plan, text: describePlan(plan) }, json);

  using gpu = await openConfiguredGpu(config.gpu, config);
  const totalBytes = config.batch.memoryMb * 2 ** 20;
  checkPlan(plan, model, { bindingBytes: gpu.maxBindingBytes, totalBytes });
  const measures = await readMeasures(config);
  await tuneGpu(gpu, config.gpu, model, trainingWork(config.batch));
  await using session = await openTraining(gpu, config);
  const identity = { command: "train", config, seed: config.seed, adapter: gpu.adapter.name };
  await using run = await openRun(config.run, identity);
  using progress = new Progress(plan.steps);
  const job: Job = { config, gpu, measures, session, run, progress, state: emptyState() };
  if (run.checkpointPath) {
    await session.restore(run.checkpointPath, run.state);
    job.state = run.state["train"] as unknown as TrainState;
  }

  const startMs = performance.now() - job.state.seconds * 1000;
  job.state.before ??= await measureHeldOut(job, 0);
  if (config.validateEvery > 0 && run.nextStep === 0) {
    job.state.best = (await measure(job, "validation", 0)).mean;
  }
  for (let step = run.nextStep; step < plan.steps; step++) {
    const improved = await trainStep(job, step);
    const last = step + 1 === plan.steps;
    if (!last && !improved && (step + 1) % config.checkpointEvery !== 0) continue;
    job.state.seconds = (performance.now() - startMs) / 1000;
    run.state = { ...session.state(), train: JSON.parse(JSON.stringify(job.state)) };
    await run.checkpoint(step, (dir) => session.save(dir), { best: improved });
  }
  // The kept model is the best on validation bugs, the one training began with among the candidates.
  if (config.validateEvery > 0) await session.policy.restore(run.bestPath ?? config.model.path);
  const after = plan.steps > 0 ? await measureHeldOut(job, plan.steps) : job.state.before;
  const seconds = (performance.now() - startMs) / 1000;
  await report(job, { after, seconds, adapter: gpu.adapter.name, json });
}

/** Results on held-out bugs: of new skeletons, and of whole families. */
interface HeldOut {
  readonly test: readonly ItemResult[];
  readonly heldout: readonly ItemResult[];
}

/** What a checkpoint holds of the job itself. */
interface TrainState {
  before?: HeldOut;
  /** Mean fix rate on validation bugs of the best checkpoint. */
  best: number;
  /** Time spent so far, seconds. */
  seconds: number;
}

interface Job {
  readonly config: TrainConfig;
  readonly gpu: Gpu;
  readonly measures: Measures;
  readonly session: TrainingSession;
  readonly run: Run;
  readonly progress: Progress;
  state: TrainState;
}

function emptyState(): TrainState {
  return { best: -1, seconds: 0 };
}

/** Plays and learns one round; says whether the model is the best so far on validation bugs. */
async function trainStep(job: Job, step: number): Promise<boolean> {
  const { config, gpu, session, run, progress, state } = job;
  await gpu.timer?.read(); // what was measured since the last step is not the step's
  const { metrics, rollouts } = await session.step(
    step,
    (phase) => progress.update({ step, phase }),
  );
  if (gpu.timer) await writeProfile(run, profileOf(await gpu.timer.read()));
  await run.rollout(...rollouts.map((rollout) => ({ step, ...rollout })));
  const last = step + 1 === config.steps;
  const due = config.validateEvery > 0 && (last || (step + 1) % config.validateEvery === 0);
  const validation = due ? await measure(job, "validation", step + 1) : undefined;
  await run.record(step, { ...metrics, ...validationMetrics(validation) });
  progress.update({
    step: step + 1,
    phase: "done",
    tokensPerSecond: Number(metrics["tokensPerSecond"]),
    rewards: {
      generator: Number(metrics["generator.reward.mean"]),
      fixer: Number(metrics["fixer.reward.mean"]),
    },
  });
  if (validation === undefined || validation.mean < state.best) return false;
  state.best = validation.mean;
  return true;
}

function validationMetrics(validation: EvaluationRecord | undefined): Record<string, number> {
  if (!validation) return {};
  const rates = { ...validation.sources, mean: validation.mean };
  return Object.fromEntries(Object.entries(rates).map(([name, rate]) => [`eval.${name}`, rate]));
}

async function measureHeldOut(job: Job, step: number): Promise<HeldOut> {
  const test = (await measure(job, "test", step)).results;
  const { heldout } = job.measures;
  return { test, heldout: heldout.length > 0 ? (await measure(job, "heldout", step)).results : [] };
}

async function measure(job: Job, split: keyof Measures, step: number): Promise<EvaluationRecord> {
  const { config, measures, session, run, progress } = job;
  progress.update({ step, phase: `measuring on ${split} bugs` });
  const results = await session.evaluate(measures[split]);
  const record = evaluationRecord({ step, split }, results, config.seed);
  await run.evaluation(record);
  return record;
}

/** Where the time of the newest step went. */
async function writeProfile(run: Run, profile: Profile): Promise<void> {
  await run.write("profile.json", `${JSON.stringify(profile, null, 2)}\n`);
  await run.write("profile.md", profileTable(profile));
}

/** Writes the report into the run directory and the result to stdout. */
async function report(
  job: Job,
  end: { after: HeldOut; seconds: number; adapter: string; json: boolean },
): Promise<void> {
  const { config, run, state } = job;
  const { method, steps, seed } = config;
  const before = state.before!;
  const evaluations = await readLines<EvaluationRecord>(`${run.path}/eval.jsonl`);
  const record = {
    method,
    steps,
    seed,
    adapter: end.adapter,
    before: before.test,
    after: end.after.test,
    ...(before.heldout.length > 0 && {
      heldout: { before: before.heldout, after: end.after.heldout },
    }),
    validations: evaluations.filter(({ split }) => split === "validation"),
    metrics: await readLines<Record<string, never>>(`${run.path}/metrics.jsonl`),
    wallSeconds: end.seconds,
    inputs: await hashInputs(config),
  };
  const drawn = await plots(record);
  const { json, markdown, table } = trainReport({ ...record, plots: Object.keys(drawn) });
  await run.report({ json, markdown });
  for (const [name, svg] of Object.entries(drawn)) await run.write(name, svg);
  const value = trainSummary(run.path, record);
  writeResult({ value, text: `${table}\n${run.path}/report.md` }, end.json);
}

async function readLines<T>(path: string): Promise<T[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}

async function hashInputs({ model, programs, anchors, bench }: TrainConfig) {
  const files = { model: `${model.path}/model.safetensors`, programs, anchors, bench };
  const hashes = await Promise.all(
    Object.entries(files).map(async ([name, path]) => {
      const bytes = await Deno.readFile(path).catch(() => undefined);
      return [name, bytes ? sha256Hex(bytes) : "in several files"] as const;
    }),
  );
  return Object.fromEntries(hashes);
}

if (import.meta.main) await runMain(main);
