/**
 * The learner: gradients of a loss over packed predictions, and optimiser steps.
 *
 * One engine for likelihood (pretraining, SFT) and for the policy loss; the weights it changes are the very buffers
 * that the sampler reads.
 *
 * @module
 */
import type { Gpu, Tensor } from "../gpu/mod.ts";
import {
  ActivationBuffers,
  ActivationGradBuffers,
  allocateWeights,
  arrangeWeights,
  backward,
  BatchBuffers,
  type BatchCapacity,
  type EncodeLoss,
  forward,
  headBackward,
  HeadBuffers,
  headForward,
  type HeadRun,
  type Model,
  type PackedBatch,
  parameterTable,
  type Weights,
} from "../model/mod.ts";
import { likelihoodLoss, policyLoss, type PolicyLossOptions } from "../ops/mod.ts";
import { AdamW, type AdamWSettings } from "../optim/mod.ts";

/** What the loss reads of each prediction, `[P]` each. */
export interface PairInputs {
  /** Factor of the prediction's loss. */
  readonly weight: Float32Array<ArrayBuffer>;
  /** Advantages; with them the loss is the policy loss, without them the likelihood. */
  readonly advantage?: Float32Array<ArrayBuffer>;
  /** Log-probabilities when sampled; left out, the policy's own stand in and every ratio is 1. */
  readonly old?: Float32Array<ArrayBuffer>;
  /** Log-probabilities of the reference policy, where the loss has a penalty towards it. */
  readonly reference?: Float32Array<ArrayBuffer>;
}

/** What a micro-batch leaves of each prediction. */
export interface PairOutputs {
  /** Log-probability, nats, `[P]`. */
  readonly logp: Float32Array;
  /** Entropy of the distribution, nats, `[P]`. */
  readonly entropy: Float32Array;
  /** Loss, ratio, 1 if clipped, penalty, `[P, 4]`. */
  readonly terms: Float32Array;
}

/** Sizes and constants of a learner. */
export interface LearnerSettings extends BatchCapacity {
  /** Divides the logits: the sampler's temperature, so that both speak of one distribution. */
  readonly temperature: number;
  /** Constants of the optimiser. */
  readonly optim: AdamWSettings;
  /** Whether the backward pass computes the layers' activations again instead of keeping them; off by default. */
  readonly recompute?: boolean;
}

/** Per-prediction inputs and terms on the GPU. */
interface PairTensors {
  readonly weight: Tensor;
  readonly advantage: Tensor;
  readonly old: Tensor;
  readonly reference: Tensor;
  readonly terms: Tensor;
}

/** Gradients, moments and activations for training one model. */
export class Learner implements Disposable {
  /** The model being trained. */
  readonly model: Model;
  /** Its optimiser. */
  readonly optimizer: AdamW;
  /** Largest micro-batch. */
  readonly capacity: BatchCapacity;
  readonly #temperature: number;
  readonly #gpu: Gpu;
  readonly #gradients: ReadonlyMap<string, Tensor>;
  readonly #dweights: Weights;
  readonly #batch: BatchBuffers;
  readonly #activations: ActivationBuffers;
  readonly #grads: ActivationGradBuffers;
  readonly #head: HeadBuffers;
  readonly #pairs: PairTensors;

  /** Allocates everything training needs. */
  constructor(model: Model, settings: LearnerSettings) {
    const { gpu, config, precision } = model;
    const { rows, pairs, temperature, optim, recompute = false } = settings;
    this.model = model;
    this.capacity = { rows, pairs };
    this.#gpu = gpu;
    this.#temperature = temperature;
    const table = parameterTable(config);
    const gradients = allocateWeights(gpu, table, "gradient");
    this.#gradients = gradients;
    this.#dweights = arrangeWeights(config, (name) => gradients.get(name)!);
    this.#batch = new BatchBuffers(model, { rows, pairs });
    this.#activations = new ActivationBuffers(gpu, config, {
      rows,
      keep: recompute ? "inputs" : "all",
      precision,
    });
    this.#grads = new ActivationGradBuffers(gpu, config, rows);
    this.#head = new HeadBuffers(model, pairs);
    this.#pairs = {
      weight: gpu.tensor("pair.weight", [pairs]),
      advantage: gpu.tensor("pair.advantage", [pairs]),
      old: gpu.tensor("pair.old", [pairs]),
      reference: gpu.tensor("pair.reference", [pairs]),
      terms: gpu.tensor("pair.terms", [pairs, 4]),
    };
    const trainables = table.map(({ name, decay }) => ({
      name,
      decay,
      weight: model.tensor(name),
      gradient: gradients.get(name)!,
    }));
    this.optimizer = new AdamW(gpu, trainables, optim);
  }

  /** The accumulated gradient of the parameter of a checkpoint name. */
  gradient(name: string): Tensor {
    return this.#gradients.get(name)!;
  }

  /** Log-probabilities and entropies of a batch's predictions, without gradients. */
  async score(packed: PackedBatch): Promise<Pick<PairOutputs, "logp" | "entropy">> {
    const pass = this.#gpu.pass("score");
    const run = this.#forward(pass, packed);
    headForward(pass, this.model, run);
    pass.submit();
    const { logp, entropy } = this.#head.window(0, run.batch.pairs);
    const [first, second] = await this.#gpu.readAll([logp, entropy]);
    return { logp: first as Float32Array, entropy: second as Float32Array };
  }

  /**
   * Adds a micro-batch's gradients to those accumulated since the last step.
   *
   * @param inputs Of each prediction, in the batch's order.
   * @param loss Constants of the policy loss.
   * @returns What the loss saw; resolves when the GPU is done, and need not be awaited before the next call.
   */
  accumulate(
    packed: PackedBatch,
    inputs: PairInputs,
    loss: PolicyLossOptions = { low: 0, high: 0 },
  ): Promise<PairOutputs> {
    const pass = this.#gpu.pass("accumulate");
    const run = this.#forward(pass, packed);
    const { batch, activations } = run;
    const grads = this.#grads.at(batch.rows);
    const dweights = this.#dweights;
    const encodeLoss = this.#lossOf(inputs, loss);
    headBackward(pass, this.model, { ...run, dx: grads.dx, dweights, encodeLoss });
    backward(pass, this.model, { batch, activations, grads, dweights });
    pass.submit();
    return this.#outputs(batch.pairs);
  }

  /**
   * Takes an optimiser step and clears the gradients.
   *
   * @param rate Learning rate.
   * @returns Norm of the gradients before it was limited.
   */
  async step(rate: number): Promise<number> {
    const pass = this.#gpu.pass("step");
    this.optimizer.step(pass, rate);
    this.model.refresh(pass);
    for (const gradient of this.#gradients.values()) pass.clear(gradient);
    pass.submit();
    return (await this.#gpu.read(this.optimizer.norm))[0]!;
  }

  /** Destroys everything but the model. */
  [Symbol.dispose](): void {
    const parts = [this.optimizer, this.#batch, this.#activations, this.#grads, this.#head];
    for (const part of parts) part[Symbol.dispose]();
    this.#gpu.release(...this.#gradients.values(), ...Object.values(this.#pairs));
  }

  #forward(
    pass: ReturnType<Gpu["pass"]>,
    packed: PackedBatch,
  ): HeadRun & { activations: ReturnType<ActivationBuffers["at"]> } {
    const batch = this.#batch.load(packed);
    const activations = this.#activations.at(batch.rows);
    forward(pass, this.model, { rows: batch, activations });
    const { x } = activations;
    return { batch, activations, x, buffers: this.#head, temperature: this.#temperature };
  }

  /** Uploads the inputs and returns how a chunk's gradient is encoded from them. */
  #lossOf(inputs: PairInputs, loss: PolicyLossOptions): EncodeLoss {
    const { weight, advantage, old, reference } = inputs;
    this.#gpu.upload(this.#pairs.weight, weight);
    if (advantage) this.#gpu.upload(this.#pairs.advantage, advantage);
    if (old) this.#gpu.upload(this.#pairs.old, old);
    if (reference) this.#gpu.upload(this.#pairs.reference, reference);
    return (pass, { head: { logp, g }, start }) => {
      const window = (tensor: Tensor) => this.#gpu.view(tensor, { start, shape: logp.shape });
      const terms = this.#gpu.view(this.#pairs.terms, {
        start: start * 4,
        shape: [logp.shape[0]!, 4],
      });
      const weightOf = window(this.#pairs.weight);
      if (!advantage) {
        likelihoodLoss(pass, { logp, weight: weightOf }, { g, terms });
        return;
      }
      const input = {
        logp,
        weight: weightOf,
        advantage: window(this.#pairs.advantage),
        old: old ? window(this.#pairs.old) : logp,
        ...(reference && { reference: window(this.#pairs.reference) }),
      };
      policyLoss(pass, input, { g, terms }, loss);
    };
  }

  async #outputs(pairs: number): Promise<PairOutputs> {
    const { logp, entropy } = this.#head.window(0, pairs);
    const terms = this.#gpu.view(this.#pairs.terms, { shape: [pairs, 4] });
    const [a, b, c] = await this.#gpu.readAll([logp, entropy, terms]);
    return {
      logp: a as Float32Array,
      entropy: b as Float32Array,
      terms: c as Float32Array,
    };
  }
}
