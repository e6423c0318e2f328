/**
 * The plan of a run: what a step samples and trains on, and what it needs in memory, before anything starts.
 *
 * @module
 */
import { ConfigError } from "../base/mod.ts";
import type { TrainConfig } from "../config/mod.ts";
import {
  activationBytes,
  activationGradBytes,
  headBytes,
  type ModelConfig,
  parameterCount,
  type Precision,
  productParameters,
  sizeOf,
} from "../model/mod.ts";
import { METHODS, rlOf, selfplayOf } from "../selfplay/mod.ts";

/** Counts of one step, and bytes of the whole run. */
export interface TrainPlan {
  readonly method: string;
  readonly steps: number;
  /** Tokens that end training in place of steps; 0 for none. */
  readonly budget: number;
  /** Programs that are broken. */
  readonly tasks: number;
  /** Attempts to break them. */
  readonly bugs: number;
  /** Groups of repairs if every attempt is valid: new bugs, replayed ones, second-order ones, references. */
  readonly bugGroups: number;
  /** Repairs, without those sampled again. */
  readonly repairs: number;
  /** Most tokens that are sampled. */
  readonly tokens: number;
  /** Optimiser steps. */
  readonly optimizerSteps: number;
  /** Whether activations are computed again in the backward pass, and their bytes both ways. */
  readonly recompute: { readonly on: boolean; readonly kept: number; readonly recomputed: number };
  /** Largest bindings: bytes by what is bound whole and what sets its size. */
  readonly bindings: Readonly<Record<string, number>>;
  /** Bytes by what they hold, and their sum. */
  readonly bytes: Readonly<Record<string, number>> & { readonly total: number };
}

/** Computes the plan. */
export function planTraining(config: TrainConfig, model: ModelConfig): TrainPlan {
  const { batch, method } = config;
  const played = selfplayOf(method, config.selfplay);
  const { generator, supervised, trains } = METHODS[method];
  const bugs = generator === "none" ? 0 : played.tasks * played.bugsPerTask;
  const again = Math.round(bugs * played.replayShare) + Math.round(bugs * played.secondOrderShare);
  const mixed = Math.round((bugs + again) * played.mixingShare / (1 - played.mixingShare));
  const bugGroups = supervised ? played.tasks * played.bugsPerTask : bugs + again + mixed;
  const repairs = supervised ? 0 : bugGroups * played.repairsPerBug;
  const sampledBugs = generator === "mutations" ? 0 : bugs;
  const frozen = [
    generator === "frozen",
    played.embedder === "policy",
    config.rl.klWeight > 0,
  ].filter(Boolean).length;
  const memory = planMemory(model, {
    ...batch,
    maxTokens: played.maxTokens,
    samplers: generator === "frozen" ? 2 : 1,
    frozen,
    precision: config.model.precision,
  });
  return {
    method,
    steps: trains ? config.steps : 0,
    budget: trains ? config.tokens : 0,
    tasks: played.tasks,
    bugs,
    bugGroups,
    repairs,
    tokens: (sampledBugs + repairs) * played.maxTokens,
    optimizerSteps: rlOf(method, config.rl).miniBatches,
    bindings: planBindings(model, { ...batch, maxTokens: played.maxTokens }),
    ...memory,
  };
}

interface Sizes extends Readonly<TrainConfig["batch"]> {
  readonly maxTokens: number;
  readonly samplers: number;
  readonly frozen: number;
  readonly precision: Precision;
}

/** Keeps activations unless the configuration says otherwise or they would not fit. */
function planMemory(
  model: ModelConfig,
  sizes: Sizes,
): Pick<TrainPlan, "recompute" | "bytes"> {
  const { recompute, memoryMb, microRows, precision } = sizes;
  const [kept, recomputed] = (["all", "inputs"] as const)
    .map((keep) => activationBytes(model, { rows: microRows, keep, precision })) as [
      number,
      number,
    ];
  const whole = planBytes(model, sizes, kept);
  const tooMuch = memoryMb > 0 && whole.total > memoryMb * 2 ** 20;
  const on = recompute === "on" || (recompute === "auto" && tooMuch);
  return {
    recompute: { on, kept, recomputed },
    bytes: on ? planBytes(model, sizes, recomputed) : whole,
  };
}

function planBytes(model: ModelConfig, sizes: Sizes, activations: number): TrainPlan["bytes"] {
  const { lanes, promptRows, microRows, maxTokens, samplers, frozen, precision } = sizes;
  const masters = 4 * parameterCount(model);
  const halves = precision === "mixed"
    ? 2 * productParameters(model).reduce((sum, { shape }) => sum + sizeOf(shape), 0)
    : 0;
  const weights = masters + halves;
  const slot = 2 * 4 * model.layers * model.kvHeads * model.headDim;
  const parts = {
    weights,
    frozenWeights: frozen * weights,
    gradients: masters,
    moments: 2 * masters,
    activations: activations + activationGradBytes(model, microRows),
    head: headBytes(model, microRows),
    cache: samplers * slot * (promptRows + lanes * maxTokens),
    sampling: samplers *
      (activationBytes(model, { rows: Math.max(promptRows, lanes), keep: "nothing", precision }) +
        4 * lanes * model.vocabSize),
  };
  return { ...parts, total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
}

/** Embedding and head are not among them: they are bound by blocks of rows. */
function planBindings(
  model: ModelConfig,
  sizes: TrainConfig["batch"] & { maxTokens: number },
): TrainPlan["bindings"] {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim, vocabSize } = model;
  const { lanes, promptRows, microRows, maxTokens } = sizes;
  const widest = Math.max(2 * intermediateSize, heads * headDim, hiddenSize);
  return {
    "64 rows of the embedding": 4 * 64 * hiddenSize,
    "a layer's widest weight": 4 * widest * hiddenSize,
    "a layer's activations at batch.microRows": 4 * widest * microRows,
    "a layer's activations at batch.promptRows": 4 * widest * promptRows,
    "logits of batch.lanes": 4 * lanes * vocabSize,
    "a layer's cache of batch.promptRows and batch.lanes": 4 * kvHeads * headDim *
      (promptRows + lanes * maxTokens),
  };
}

/**
 * Refuses a plan that cannot fit.
 *
 * @param limits What the adapter and the person allow, bytes; 0 is no limit.
 * @throws {ConfigError} If a tensor or the whole plan is too large.
 */
export function checkPlan(
  plan: TrainPlan,
  limits: { readonly bindingBytes: number; readonly totalBytes: number },
): void {
  const wide = Object.entries(plan.bindings).find(([, bytes]) => bytes > limits.bindingBytes);
  if (limits.bindingBytes > 0 && wide) {
    throw new ConfigError(
      `Cannot fit the plan: it binds ${wide[0]} at once, ${mib(wide[1])} MiB; the adapter allows ` +
        `${mib(limits.bindingBytes)} MiB`,
    );
  }
  if (limits.totalBytes > 0 && plan.bytes.total > limits.totalBytes) {
    throw new ConfigError(
      `Cannot fit the plan: it needs ${mib(plan.bytes.total)} MiB, batch.memoryMb allows ` +
        `${mib(limits.totalBytes)} MiB`,
    );
  }
}

/** The plan for people, a line a fact. */
export function describePlan(plan: TrainPlan): string {
  const { bytes: { total, ...parts }, recompute } = plan;
  const memory = Object.entries(parts).map(([name, size]) => `${name} ${mib(size)}`).join(", ");
  const length = plan.budget > 0
    ? `steps until ${plan.budget} tokens are sampled and trained on`
    : `${plan.steps} steps`;
  return [
    `${plan.method}: ${length}`,
    `a step breaks ${plan.tasks} programs ${plan.bugs} times, repairs up to ${plan.bugGroups} bugs ` +
    `${plan.repairs} times, samples at most ${plan.tokens} tokens, takes ${plan.optimizerSteps} ` +
    `optimiser ${plan.optimizerSteps === 1 ? "step" : "steps"}`,
    `memory ${mib(total)} MiB: ${memory}`,
    `activations for the backward pass take ${mib(recompute.kept)} MiB kept, ` +
    `${mib(recompute.recomputed)} MiB computed again: ${recompute.on ? "computed again" : "kept"}`,
  ].join("\n");
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
