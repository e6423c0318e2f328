/**
 * A training job from its configuration to its results: rounds, checkpoints, measurements, exactly resumable.
 *
 * Its length is a number of rounds, or a budget of tokens. Under a budget, the schedule of `steps` rounds (learning
 * rate, measurements, checkpoints) is spread over the tokens, so that methods whose rounds cost more or less are
 * measured and slowed down at the same shares of their compute.
 *
 * @module
 */
import type { ItemResult, MetricsLine } from "../bench/mod.ts";
import type { TrainConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import { readCheckpoint } from "../model/mod.ts";
import { openRun, Progress, type ProgressState, type Run } from "../run/mod.ts";
import { METHODS } from "../selfplay/mod.ts";
import { addTokens, crosses, isSpent, scheduleAt, spentTokens, type TokenCount } from "./budget.ts";
import { dumpName, dumpText } from "./dump.ts";
import { type EvaluationRecord, evaluationRecord, type Measures, readMeasures } from "./measure.ts";
import { checkPlan, planTraining, type TrainPlan } from "./plan.ts";
import { profiled } from "./profile.ts";
import { openTraining, type TrainingSession } from "./training.ts";

/** Results on held-out bugs: of new skeletons, and of whole families. */
export interface HeldOut {
  readonly test: readonly ItemResult[];
  readonly heldout: readonly ItemResult[];
}

/** Greedy results of the model before training; some splits may be missing. */
export type Initial = Partial<Readonly<Record<keyof Measures, readonly ItemResult[]>>>;

/** What may be asked of a job besides its configuration. */
export interface JobOptions {
  /** Known results of the same model on the same bugs, which are not measured again. */
  readonly initial?: Initial;
  /** Repairs of each test bug that are sampled at the end; 0 samples none. */
  readonly samples?: number;
}

/** What a job leaves. */
export interface JobResult {
  /** The run directory. */
  readonly path: string;
  readonly adapter: string;
  readonly before: HeldOut;
  readonly after: HeldOut;
  /** Test bugs with several sampled repairs each. */
  readonly sampled?: readonly ItemResult[];
  /** Rounds played. */
  readonly rounds: number;
  /** Rounds before the kept checkpoint; 0 is the model that training began with. */
  readonly kept: number;
  readonly tokens: TokenCount;
  /** Time of the whole job, earlier starts included, seconds. */
  readonly seconds: number;
  /** Lines of `eval.jsonl`. */
  readonly evaluations: readonly EvaluationRecord[];
  /** Lines of `metrics.jsonl`. */
  readonly metrics: readonly MetricsLine[];
  /** To be handed to the next job on the same model and bugs. */
  readonly initial: Initial;
}

/** What a checkpoint holds of the job itself. */
interface JobState {
  before?: HeldOut;
  /** Mean fix rate on validation bugs of the best checkpoint. */
  best: number;
  /** Rounds before the best checkpoint. */
  kept: number;
  tokens: TokenCount;
  /** Time spent so far, seconds. */
  seconds: number;
}

interface Job {
  readonly gpu: Gpu;
  readonly config: TrainConfig;
  readonly measures: Measures;
  readonly session: TrainingSession;
  readonly run: Run;
  readonly progress: Progress;
  initial: Initial;
  state: JobState;
}

/**
 * Trains as configured, continuing the run of that name where there is one; measures before, between and after.
 *
 * @throws {ConfigError} If a file cannot be read or does not fit, or the plan needs more memory than there is.
 */
export async function runJob(
  gpu: Gpu,
  config: TrainConfig,
  options: JobOptions = {},
): Promise<JobResult> {
  const plan = await checkedPlan(gpu, config);
  const measures = await readMeasures(config);
  await using session = await openTraining(gpu, config);
  const adapter = gpu.adapter.name;
  const identity = { command: "train", config, seed: config.seed, adapter };
  await using run = await openRun(config.run, identity);
  using progress = new Progress(plan.steps);
  const { initial = {} } = options;
  const job: Job = { gpu, config, measures, session, run, progress, initial, state: emptyState() };
  if (run.checkpointPath) {
    await session.restore(run.checkpointPath, run.state);
    job.state = run.state["train"] as unknown as JobState;
    job.initial = { ...job.state.before, ...initial };
  }
  const seconds = stopwatch(job.state.seconds);
  const rounds = await train(job, seconds);
  // The kept model is the best on validation bugs, the one training began with among the candidates.
  if (config.validateEvery > 0) await session.policy.restore(run.bestPath ?? config.model.path);
  const before = job.state.before!;
  const after = rounds > 0 ? await measureHeldOut(job, rounds) : before;
  const sampled = await sampleTest(job, rounds, options.samples ?? 0);
  const { kept, tokens } = job.state;
  return {
    path: run.path,
    adapter,
    ...{ before, after, rounds, tokens, initial: job.initial },
    ...(sampled && { sampled }),
    kept: config.validateEvery > 0 ? kept : rounds,
    seconds: seconds(),
    evaluations: await readLines<EvaluationRecord>(`${run.path}/eval.jsonl`),
    metrics: await readLines<MetricsLine>(`${run.path}/metrics.jsonl`),
  };
}

async function checkedPlan(gpu: Gpu, config: TrainConfig): Promise<TrainPlan> {
  const { config: model } = await readCheckpoint(config.model.path);
  const plan = planTraining(config, model);
  const totalBytes = config.batch.memoryMb * 2 ** 20;
  checkPlan(plan, { bindingBytes: gpu.maxBindingBytes, totalBytes });
  return plan;
}

function emptyState(): JobState {
  return { best: -1, kept: 0, tokens: { sampled: 0, trained: 0 }, seconds: 0 };
}

/** Seconds since now, on top of those of earlier starts. */
function stopwatch(before: number): () => number {
  const startMs = performance.now() - before * 1000;
  return () => (performance.now() - startMs) / 1000;
}

/** Plays the rounds that are left; returns how many there are in all. */
async function train(job: Job, seconds: () => number): Promise<number> {
  const { config, session, run, state } = job;
  state.before ??= await measureHeldOut(job, 0);
  if (config.validateEvery > 0 && run.nextStep === 0) {
    state.best = (await measure(job, "validation", 0)).mean;
  }
  let step = run.nextStep;
  for (; !isDone(job, step); step++) {
    const from = placeOf(job, step);
    const improved = await trainStep(job, step);
    const last = isDone(job, step + 1);
    const due = crosses(config.checkpointEvery, from, placeOf(job, step + 1));
    if (!last && !improved && !due) continue;
    state.seconds = seconds();
    run.state = { ...session.state(), train: JSON.parse(JSON.stringify(state)) };
    await run.checkpoint(step, (dir) => session.save(dir), { best: improved });
  }
  return step;
}

function isDone(job: Job, rounds: number): boolean {
  const { config, state } = job;
  return !METHODS[config.method].trains || isSpent(config, rounds, state.tokens);
}

/** Where the job stands on its schedule, in steps. */
function placeOf({ config, state }: Job, rounds: number): number {
  return scheduleAt(config, rounds, state.tokens);
}

function show(job: Job, rounds: number, state: Omit<ProgressState, "step">): void {
  const at = placeOf(job, rounds);
  const step = Math.floor(at);
  job.progress.update({ step, fraction: at - step, ...state });
}

/** Plays and learns one round; says whether the model is the best so far on validation bugs. */
async function trainStep(job: Job, step: number): Promise<boolean> {
  const { gpu, config, session, run, state } = job;
  const from = placeOf(job, step);
  const onPhase = (phase: string): void => show(job, step, { phase });
  const play = () => session.step(step, onPhase, from);
  const { metrics, rollouts, episodes } = await profiled(gpu, run, play);
  if (config.dumpRollouts) await run.write(dumpName(step), dumpText({ at: from, episodes }));
  await run.rollout(...rollouts.map((rollout) => ({ step, ...rollout })));
  state.tokens = addTokens(state.tokens, metrics, { ...config, rounds: step });
  const last = isDone(job, step + 1);
  const at = placeOf(job, step + 1);
  const due = config.validateEvery > 0 && (last || crosses(config.validateEvery, from, at));
  const validation = due ? await measure(job, "validation", step + 1) : undefined;
  const tokens = spentTokens(state.tokens);
  await run.record(step, { ...metrics, tokens, ...validationMetrics(validation) });
  show(job, step + 1, {
    phase: "done",
    tokensPerSecond: Number(metrics["tokensPerSecond"]),
    rewards: {
      generator: Number(metrics["generator.reward.mean"]),
      fixer: Number(metrics["fixer.reward.mean"]),
    },
  });
  if (validation === undefined || validation.mean < state.best) return false;
  state.best = validation.mean;
  state.kept = step + 1;
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
  const { config, measures, session, run, state } = job;
  show(job, step, { phase: `measuring on ${split} bugs` });
  const known = step === 0 ? job.initial[split] : undefined;
  const results = known ?? await session.evaluate(measures[split]);
  if (step === 0) job.initial = { ...job.initial, [split]: results };
  const place = { step, tokens: spentTokens(state.tokens), split };
  const record = evaluationRecord(place, results, config.seed);
  await run.evaluation(record);
  return record;
}

async function sampleTest(
  job: Job,
  rounds: number,
  samples: number,
): Promise<ItemResult[] | undefined> {
  if (samples === 0) return undefined;
  show(job, rounds, { phase: `sampling ${samples} repairs of each test bug` });
  return await job.session.evaluate(job.measures.test, samples);
}

async function readLines<T>(path: string): Promise<T[]> {
  const text = await Deno.readTextFile(path);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}
