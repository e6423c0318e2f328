/**
 * A training session: policy, learner, sandbox, anchor and archive, opened together and advanced a round at a time.
 *
 * @module
 */
import { type Json, rngStream } from "../base/mod.ts";
import { type BenchItem, evaluate, type ItemResult } from "../bench/mod.ts";
import type { TrainConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import { cosineRate } from "../optim/mod.ts";
import { assembleUpdate, type Baselines, type Learner, runUpdate } from "../rl/mod.ts";
import { loadModel, readCheckpoint, Scorer } from "../model/mod.ts";
import { Sandbox } from "../sandbox/mod.ts";
import {
  type Archive,
  archiveFromJson,
  archiveToJson,
  emptyArchive,
  type Game,
  METHODS,
  openMethodAnchor,
  openReferences,
  playRound,
  rlOf,
  type Rollout,
  selectPool,
} from "../selfplay/mod.ts";
import { readBugs, readTasks, runIn } from "../tasks/mod.ts";
import { openEmbedder } from "./embedder.ts";
import { planTraining } from "./plan.ts";
import { openPolicy, type Policy } from "./policy.ts";

/** What a step leaves. */
export interface StepRecord {
  /** Everything that is watched, by name. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** Every prompt, completion and reward. */
  readonly rollouts: readonly Rollout[];
}

/** Told which phase of a step begins. */
export type OnPhase = (phase: string) => void;

type Parts = Omit<Game, "archive" | "rng" | "onPhase">;

/** An open session. Dispose of it with `await using`. */
export class TrainingSession implements AsyncDisposable {
  /** The model in training. */
  readonly policy: Policy;
  readonly #config: TrainConfig;
  readonly #learner: Learner;
  readonly #game: Parts;
  readonly #reference: Scorer | undefined;
  readonly #stack: AsyncDisposableStack;
  #archive: Archive = emptyArchive();
  #baselines: Baselines = { generator: 0, fixer: 0 };

  /** Use {@linkcode openTraining}. */
  constructor(
    config: TrainConfig,
    parts: {
      policy: Policy;
      learner: Learner;
      game: Parts;
      reference: Scorer | undefined;
      stack: AsyncDisposableStack;
    },
  ) {
    this.#config = config;
    this.policy = parts.policy;
    this.#learner = parts.learner;
    this.#game = parts.game;
    this.#reference = parts.reference;
    this.#stack = parts.stack;
  }

  /** Plays a round and learns from it. */
  async step(step: number, onPhase: OnPhase): Promise<StepRecord> {
    const { seed, selfplay, steps, optim, method } = this.#config;
    const startMs = performance.now();
    const rng = rngStream(seed, "round", step);
    const round = await playRound(
      { ...this.#game, archive: this.#archive, rng, onPhase },
      selfplay,
    );
    onPhase("update");
    const updateMs = performance.now();
    const config = rlOf(method, this.#config.rl);
    const state = { baselines: this.#baselines, rng: rng.fork("update") };
    const plan = assembleUpdate(round.episodes, config, state);
    this.#baselines = plan.baselines;
    const rate = cosineRate({ ...optim, peak: optim.rate, steps }, step);
    const reference = this.#reference && { reference: this.#reference };
    const update = await runUpdate(this.#learner, plan.miniBatches, {
      config,
      rate,
      ...reference,
    });
    const endMs = performance.now();
    const tokens = Number(round.metrics["sampledTokens"] ?? 0) + (update["trainedTokens"] ?? 0);
    const metrics = {
      method,
      rate,
      ...round.metrics,
      ...plan.metrics,
      ...update,
      "seconds.update": (endMs - updateMs) / 1000,
      "seconds.step": (endMs - startMs) / 1000,
      tokensPerSecond: tokens / ((endMs - startMs) / 1000),
    };
    return { metrics, rollouts: round.rollouts };
  }

  /** Greedy repairs of bench items by the policy as it is. */
  async evaluate(items: readonly BenchItem[]): Promise<ItemResult[]> {
    const { selfplay: { maxTokens, gateWallMs: wallMs }, seed } = this.#config;
    const { sampler, format } = this.policy;
    const fixer = { format, sample: sampler.sample.bind(sampler) };
    const settings = { samples: 1, temperature: 0, maxTokens, wallMs, seed };
    return await evaluate(fixer, items, this.#game.run, settings);
  }

  /** What a checkpoint holds besides weights and moments. */
  state(): Record<string, Json> {
    return { archive: archiveToJson(this.#archive), baselines: this.#baselines as unknown as Json };
  }

  /** Writes model and training state into a directory. */
  async save(dir: string): Promise<void> {
    await this.policy.save(dir, this.#learner, this.#config.model.dtype);
  }

  /** Goes on from a checkpoint and the state saved with it. */
  async restore(dir: string, state: Readonly<Record<string, Json>>): Promise<void> {
    await this.policy.restore(dir, this.#learner);
    this.#archive = archiveFromJson(state["archive"]);
    this.#baselines = state["baselines"] as unknown as Baselines;
  }

  /** Closes everything, newest first. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/**
 * Opens a session on the model, programs and anchors of a configuration.
 *
 * @throws {ConfigError} If a file cannot be read or does not fit.
 * @throws {CheckpointError} If the model directory is not complete.
 */
export async function openTraining(gpu: Gpu, config: TrainConfig): Promise<TrainingSession> {
  const { batch, method, selfplay, seed, model: { path, precision } } = config;
  await using stack = new AsyncDisposableStack();
  const programs = await readTasks(config.programs);
  const bugs = await readBugs(config.anchors);
  const all = openReferences(bugs, programs);
  const references = selectPool(all, selfplay.poolSize, rngStream(seed, "pool"));
  const sizes = { batch, maxTokens: selfplay.maxTokens, precision };
  const policy = stack.use(await openPolicy(gpu, path, sizes));
  const { recompute } = planTraining(config, policy.model.config);
  const { temperature } = selfplay;
  const learner = stack.use(policy.learner({ ...config, temperature, recompute: recompute.on }));
  const sandbox = stack.use(await Sandbox.open(config.sandbox));
  const embedder = stack.use(await openEmbedder(gpu, { name: selfplay.embedder, policyDir: path }));
  const frozen = METHODS[method].generator === "frozen"
    ? stack.use(await openPolicy(gpu, path, sizes)).sampler
    : undefined;
  const reference = config.rl.klWeight > 0
    ? await openReferencePolicy(gpu, config, stack)
    : undefined;
  const { neighbours } = selfplay;
  const rng = rngStream(seed, "anchor");
  const anchor = await openMethodAnchor(method, references, { embedder, neighbours, rng });
  const run = runIn(sandbox);
  const game = {
    method,
    policy: policy.sampler,
    ...(frozen && { frozen }),
    format: policy.format,
    run,
    programs,
    references,
    anchor,
  };
  return new TrainingSession(config, { policy, learner, game, reference, stack: stack.move() });
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
