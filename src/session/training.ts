/**
 * A training session: policy, learner, sandbox, anchor and archive, opened together and advanced a round at a time.
 *
 * @module
 */
import { type Json, rngStream } from "../base/mod.ts";
import { type BenchItem, evaluate, type ItemResult } from "../bench/mod.ts";
import type { TrainConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import type { Baselines, EpisodeGroup } from "../rl/mod.ts";
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
  type Rollout,
  selectPool,
} from "../selfplay/mod.ts";
import { readBugs, readTasks, runIn } from "../tasks/mod.ts";
import { openEmbedder } from "./embedder.ts";
import { learnFrom, type Learning, openLearning } from "./learn.ts";
import { openPolicy, type Policy } from "./policy.ts";

/** What a step leaves. */
export interface StepRecord {
  /** Everything that is watched, by name. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** Every prompt, completion and reward. */
  readonly rollouts: readonly Rollout[];
  /** What the update learned from. */
  readonly episodes: readonly EpisodeGroup[];
}

/** Told which phase of a step begins. */
export type OnPhase = (phase: string) => void;

type Parts = Omit<Game, "archive" | "rng" | "onPhase">;

/** An open session. Dispose of it with `await using`. */
export class TrainingSession implements AsyncDisposable {
  /** The model in training. */
  readonly policy: Policy;
  readonly #config: TrainConfig;
  readonly #learning: Learning;
  readonly #game: Parts;
  readonly #stack: AsyncDisposableStack;
  #archive: Archive = emptyArchive();
  #baselines: Baselines = { generator: 0, fixer: 0 };

  /** Use {@linkcode openTraining}. */
  constructor(
    config: TrainConfig,
    parts: {
      policy: Policy;
      learning: Learning;
      game: Parts;
      stack: AsyncDisposableStack;
    },
  ) {
    this.#config = config;
    this.policy = parts.policy;
    this.#learning = parts.learning;
    this.#game = parts.game;
    this.#stack = parts.stack;
  }

  /**
   * Plays a round and learns from it.
   *
   * @param at Place on the learning rate's schedule, in steps.
   */
  async step(step: number, onPhase: OnPhase, at: number = step): Promise<StepRecord> {
    const { seed, selfplay, method } = this.#config;
    const startMs = performance.now();
    const rng = rngStream(seed, "round", step);
    const round = await playRound(
      { ...this.#game, archive: this.#archive, rng, onPhase },
      selfplay,
    );
    onPhase("update");
    const updateMs = performance.now();
    const place = { step, at, baselines: this.#baselines };
    const { metrics: update, baselines } = await learnFrom(this.#learning, round.episodes, place);
    this.#baselines = baselines;
    const endMs = performance.now();
    const tokens = Number(round.metrics["sampledTokens"] ?? 0) + (update["trainedTokens"] ?? 0);
    const metrics = {
      method,
      ...round.metrics,
      ...update,
      "seconds.update": (endMs - updateMs) / 1000,
      "seconds.step": (endMs - startMs) / 1000,
      tokensPerSecond: tokens / ((endMs - startMs) / 1000),
    };
    return { metrics, rollouts: round.rollouts, episodes: round.episodes };
  }

  /**
   * Repairs of bench items by the policy as it is.
   *
   * @param samples Repairs a bug, drawn at the temperature of training; 0 for a single greedy one.
   */
  async evaluate(items: readonly BenchItem[], samples: number = 0): Promise<ItemResult[]> {
    const { selfplay: { maxTokens, gateWallMs: wallMs, temperature }, seed } = this.#config;
    const { sampler, format } = this.policy;
    const fixer = { format, sample: sampler.sample.bind(sampler) };
    const asked = samples > 0 ? { samples, temperature } : { samples: 1, temperature: 0 };
    const settings = { ...asked, maxTokens, wallMs, seed };
    return await evaluate(fixer, items, this.#game.run, settings);
  }

  /** What a checkpoint holds besides weights and moments. */
  state(): Record<string, Json> {
    return { archive: archiveToJson(this.#archive), baselines: this.#baselines as unknown as Json };
  }

  /** Writes model and training state into a directory. */
  async save(dir: string): Promise<void> {
    await this.policy.save(dir, this.#learning.learner, this.#config.model.dtype);
  }

  /** Goes on from a checkpoint and the state saved with it. */
  async restore(dir: string, state: Readonly<Record<string, Json>>): Promise<void> {
    await this.policy.restore(dir, this.#learning.learner);
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
  const { policy, learning } = await openLearning(gpu, config, stack);
  const sandbox = stack.use(await Sandbox.open(config.sandbox));
  const embedder = stack.use(await openEmbedder(gpu, { name: selfplay.embedder, policyDir: path }));
  const frozen = METHODS[method].generator === "frozen"
    ? stack.use(await openPolicy(gpu, path, sizes)).sampler
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
  return new TrainingSession(config, { policy, learning, game, stack: stack.move() });
}
