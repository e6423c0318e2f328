/**
 * Times whole training steps of a small decoder on synthetic tokens.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import { createModel, type Group, groupRows, type ModelConfig, packGroups } from "../model/mod.ts";
import { Learner } from "../rl/mod.ts";
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

/** What steps on some texts cost. */
export interface TrainTiming {
  /** Tokens of all texts, a shared prompt counted once a text, over the median time of a step. */
  readonly tokensPerSecond: number;
  /** Median of a step, milliseconds. */
  readonly ms: number;
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
 * Trains a new model on the same texts again and again.
 *
 * @param steps The first is not timed: it compiles the kernels.
 */
export async function timeTraining(
  gpu: Gpu,
  groups: readonly Group[],
  steps: number,
): Promise<TrainTiming> {
  const positions = PEER_MODEL.maxPositions;
  using model = createModel(gpu, PEER_MODEL, { rng: rngStream(0, "bench model"), positions });
  const packed = packGroups(groups);
  const [rows, pairs] = [packed.tokens.length, packed.pairRow.length];
  using learner = new Learner(model, { rows, pairs, temperature: 1, optim: OPTIM });
  const weight = new Float32Array(pairs).fill(1 / pairs);
  const loss: number[] = [];
  const times: number[] = [];
  for (let step = 0; step < steps; step++) {
    await gpu.timer?.read();
    const start = performance.now();
    const [{ logp }] = await Promise.all([
      learner.accumulate(packed, { weight }),
      learner.step(RATE),
    ]);
    times.push(performance.now() - start);
    loss.push(-logp.reduce((sum, value) => sum + value, 0) / pairs);
  }
  const ms = times.slice(1).sort((a, b) => a - b)[(steps - 1) >> 1]!;
  const measured = await gpu.timer?.read();
  return {
    tokensPerSecond: 1000 * countTokens(groups) / ms,
    ms,
    loss,
    ...(measured && { profile: profileOf(measured) }),
  };
}

/** Tokens that are read, as if no prompt were shared. */
function countTokens(groups: readonly Group[]): number {
  return separateGroups(groups).reduce((sum, group) => sum + groupRows(group), 0);
}
