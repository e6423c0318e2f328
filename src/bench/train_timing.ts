/**
 * Times whole training steps of a small decoder on synthetic tokens.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import {
  createModel,
  type Group,
  groupRows,
  type Model,
  type ModelConfig,
  packGroups,
  type Precision,
} from "../model/mod.ts";
import { Learner } from "../rl/mod.ts";
import { median } from "simple-statistics";
import { type Profile, profileOf } from "./profile.ts";

/** The decoder that other WebGPU trainers were measured with. */
export const PEER_MODEL: ModelConfig = {
  architecture: "qwen2",
  vocabSize: 512,
  hiddenSize: 128,
  layers: 4,
  heads: 4,
  kvHeads: 4,
  headDim: 32,
  intermediateSize: 512,
  rmsNormEps: 1e-6,
  ropeTheta: 10000,
  tieEmbeddings: true,
  attentionBias: false,
  qkNorm: false,
  maxPositions: 512,
};
const OPTIM = { decay: 0.1, beta1: 0.9, beta2: 0.95, gradNorm: 1 };
const RATE = 1e-3;

/** How many texts, and of which lengths in tokens. */
export interface TextShape {
  /** Groups of texts that begin with one prompt. */
  readonly groups: number;
  /** Tokens of a prompt. */
  readonly prompt: number;
  /** Texts that continue a prompt. */
  readonly answers: number;
  /** Tokens of an answer; these are predicted. */
  readonly answer: number;
}

/** What one side of a comparison trains on, and how. */
export interface TrainingSide {
  /** Its texts. */
  readonly groups: readonly Group[];
  /** What its products read; f32 by default. */
  readonly precision?: Precision;
}

/** What steps on some texts cost. */
export interface TrainTiming {
  /** Tokens of all texts, a shared prompt counted once a text, over the median time of a step. */
  readonly tokensPerSecond: number;
  /** Median of a step, milliseconds. */
  readonly ms: number;
  /** Each timed step, milliseconds. */
  readonly times: readonly number[];
  /** Mean loss of each step, nats per predicted token. */
  readonly loss: readonly number[];
  /** Where the time of the last step went, if the GPU was opened with `profile`. */
  readonly profile?: Profile;
}

/** Random texts, the same at every call. */
export function syntheticGroups({ groups, prompt, answers, answer }: TextShape): Group[] {
  const rng = rngStream(0, "bench train");
  const text = (length: number) => Array.from({ length }, () => rng.int(PEER_MODEL.vocabSize));
  return Array.from({ length: groups }, () => ({
    prompt: text(prompt),
    completions: Array.from({ length: answers }, () => text(answer)),
  }));
}

/** The same texts, each with its own copy of the prompt. */
export function separateGroups(groups: readonly Group[]): Group[] {
  return groups.flatMap(({ prompt, completions }) =>
    completions.map((completion) => ({ prompt, completions: [completion] }))
  );
}

/**
 * Trains a new model for every side, always on the side's own texts; the sides take their steps in turns, so that what
 * else the machine does disturbs them alike.
 *
 * @param steps Of each side; the first is not timed: it compiles the kernels.
 */
export async function timeTraining(
  gpu: Gpu,
  sides: readonly TrainingSide[],
  steps: number,
): Promise<TrainTiming[]> {
  const runs: TrainingRun[] = [];
  try {
    for (const side of sides) runs.push(new TrainingRun(gpu, side));
    for (let step = 0; step < steps; step++) {
      // Every second turn goes the other way round: neither side always runs in the wake of the other.
      for (const run of step % 2 === 0 ? runs : runs.toReversed()) await run.step();
    }
    return runs.map((run) => run.timing());
  } finally {
    for (const run of runs) run[Symbol.dispose]();
  }
}

/** How many times as fast a side was as another: the median over the turns, so that a disturbed turn does not count. */
export function timesAsFast(side: TrainTiming, other: TrainTiming): number {
  return median(side.times.map((ms, turn) => other.times[turn]! / ms));
}

/** One model in training on its texts. */
class TrainingRun implements Disposable {
  readonly #gpu: Gpu;
  readonly #model: Model;
  readonly #learner: Learner;
  readonly #groups: readonly Group[];
  readonly #packed: ReturnType<typeof packGroups>;
  readonly #loss: number[] = [];
  readonly #times: number[] = [];
  #profile: Profile | undefined;

  constructor(gpu: Gpu, { groups, precision = "f32" }: TrainingSide) {
    const positions = PEER_MODEL.maxPositions;
    const rng = rngStream(0, "bench model");
    this.#gpu = gpu;
    this.#groups = groups;
    this.#packed = packGroups(groups);
    this.#model = createModel(gpu, PEER_MODEL, { rng, positions, precision });
    const [rows, pairs] = [this.#packed.tokens.length, this.#packed.pairRow.length];
    this.#learner = new Learner(this.#model, { rows, pairs, temperature: 1, optim: OPTIM });
  }

  async step(): Promise<void> {
    const pairs = this.#packed.pairRow.length;
    const weight = new Float32Array(pairs).fill(1 / pairs);
    await this.#gpu.timer?.read();
    const start = performance.now();
    const [{ logp }] = await Promise.all([
      this.#learner.accumulate(this.#packed, { weight }),
      this.#learner.step(RATE),
    ]);
    this.#times.push(performance.now() - start);
    this.#loss.push(-logp.reduce((sum, value) => sum + value, 0) / pairs);
    const measured = await this.#gpu.timer?.read();
    if (measured) this.#profile = profileOf(measured);
  }

  timing(): TrainTiming {
    const times = this.#times.slice(1);
    const ms = median(times);
    return {
      tokensPerSecond: 1000 * countTokens(this.#groups) / ms,
      ms,
      times,
      loss: this.#loss,
      ...(this.#profile && { profile: this.#profile }),
    };
  }

  [Symbol.dispose](): void {
    this.#learner[Symbol.dispose]();
    this.#model[Symbol.dispose]();
  }
}

/** Tokens that are read, as if no prompt were shared. */
function countTokens(groups: readonly Group[]): number {
  return separateGroups(groups).reduce((sum, group) => sum + groupRows(group), 0);
}
