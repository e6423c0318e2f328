/**
 * The learning half of a session: policy, learner and frozen reference, and one round's update.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { TrainConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import { loadModel, readCheckpoint, Scorer } from "../model/mod.ts";
import { cosineRate } from "../optim/mod.ts";
import {
  assembleUpdate,
  type Baselines,
  type EpisodeGroup,
  type Learner,
  runUpdate,
} from "../rl/mod.ts";
import { rlOf } from "../selfplay/mod.ts";
import { trainingWork, tuneGpu } from "./gpu.ts";
import { planTraining } from "./plan.ts";
import { openPolicy, type Policy } from "./policy.ts";

/** What an update runs on. */
export interface Learning {
  readonly config: TrainConfig;
  readonly learner: Learner;
  /** Scores under the initial policy, where the loss has a penalty towards it. */
  readonly reference?: Scorer;
}

/** Where an update stands in its run. */
export interface LearningPlace {
  /** Number of the round. */
  readonly step: number;
  /** Place on the learning rate's schedule, in steps. */
  readonly at: number;
  /** Of the update before. */
  readonly baselines: Baselines;
}

/** Chooses the kernels, then opens the policy in training and its learner; what is opened goes onto `stack`. */
export async function openLearning(
  gpu: Gpu,
  config: TrainConfig,
  stack: AsyncDisposableStack,
): Promise<{ policy: Policy; learning: Learning }> {
  const { batch, selfplay: { maxTokens, temperature }, model, rl } = config;
  const sizes = { batch, maxTokens, precision: model.precision };
  const { config: shape } = await readCheckpoint(model.path);
  await tuneGpu(gpu, config.gpu, shape, trainingWork(batch, model.precision));
  const policy = stack.use(await openPolicy(gpu, model.path, sizes));
  const { recompute } = planTraining(config, shape);
  const learner = stack.use(policy.learner({ ...config, temperature, recompute: recompute.on }));
  const reference = rl.klWeight > 0 ? await openReferencePolicy(gpu, config, stack) : undefined;
  return { policy, learning: { config, learner, ...(reference && { reference }) } };
}

async function openReferencePolicy(
  gpu: Gpu,
  { model: { path, precision }, batch: { microRows: rows }, selfplay: { temperature } }:
    TrainConfig,
  stack: AsyncDisposableStack,
): Promise<Scorer> {
  const checkpoint = await readCheckpoint(path);
  const { maxPositions } = checkpoint.config;
  const model = stack.use(await loadModel(gpu, checkpoint, maxPositions, precision));
  return stack.use(new Scorer(model, { rows, pairs: rows, temperature }));
}

/** Learns from a round's episodes: a function of the policy, the episodes and the place. */
export async function learnFrom(
  { config, learner, reference }: Learning,
  episodes: readonly EpisodeGroup[],
  { step, at, baselines }: LearningPlace,
): Promise<{ metrics: Record<string, number>; baselines: Baselines }> {
  const { seed, steps, optim, method } = config;
  const rl = rlOf(method, config.rl);
  const rng = rngStream(seed, "round", step).fork("update");
  const plan = assembleUpdate(episodes, rl, { baselines, rng });
  const rate = cosineRate({ ...optim, peak: optim.rate, steps }, at);
  const settings = { config: rl, rate, ...(reference && { reference }) };
  const update = await runUpdate(learner, plan.miniBatches, settings);
  return { metrics: { rate, ...plan.metrics, ...update }, baselines: plan.baselines };
}
