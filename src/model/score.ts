/**
 * Log-probabilities without gradients: of packed batches, and of one text.
 *
 * @module
 */
import { ActivationBuffers } from "./activations.ts";
import { BatchBuffers, type BatchCapacity } from "./batch.ts";
import { forward } from "./forward.ts";
import { HeadBuffers, headForward } from "./head.ts";
import type { Model } from "./model.ts";
import { type PackedBatch, packGroups } from "./packing.ts";

/** Scores batches under a model that it does not change. */
export class Scorer implements Disposable {
  /** Largest batch. */
  readonly capacity: BatchCapacity;
  readonly #model: Model;
  readonly #temperature: number;
  readonly #batch: BatchBuffers;
  readonly #activations: ActivationBuffers;
  readonly #head: HeadBuffers;

  /**
   * Allocates.
   *
   * @param settings Largest batch, and what divides the logits.
   */
  constructor(model: Model, settings: BatchCapacity & { readonly temperature: number }) {
    const { rows, pairs, temperature } = settings;
    this.#model = model;
    this.#temperature = temperature;
    this.capacity = { rows, pairs };
    this.#batch = new BatchBuffers(model, this.capacity);
    this.#activations = new ActivationBuffers(model.gpu, model.config, {
      rows,
      keep: "nothing",
      precision: model.precision,
    });
    this.#head = new HeadBuffers(model, pairs);
  }

  /** Log-probability of each prediction, nats, `[P]`. */
  async score(packed: PackedBatch): Promise<Float32Array<ArrayBuffer>> {
    const { gpu } = this.#model;
    const batch = this.#batch.load(packed);
    const activations = this.#activations.at(batch.rows);
    const pass = gpu.pass("score");
    forward(pass, this.#model, { rows: batch, activations });
    const run = { batch, x: activations.x, buffers: this.#head, temperature: this.#temperature };
    headForward(pass, this.#model, run);
    pass.submit();
    return await gpu.read(this.#head.window(0, batch.pairs).logp) as Float32Array<ArrayBuffer>;
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    for (const part of [this.#batch, this.#activations, this.#head]) part[Symbol.dispose]();
  }
}

/**
 * Log-probability of each token after the first, given those before it.
 *
 * @param tokens At least two ids below the model's vocabulary size, at most as many as the model's positions.
 * @returns `[tokens.length - 1]`, natural logarithms.
 * @throws {RangeError} If there are fewer than two tokens, too many, or one is not in the vocabulary.
 */
export async function scoreTokens(
  model: Model,
  tokens: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const [first, ...rest] = tokens;
  if (first === undefined || rest.length === 0) {
    throw new RangeError(`Cannot score a text: expected two tokens, found ${tokens.length}`);
  }
  const packed = packGroups([{ prompt: [first], completions: [rest] }]);
  const capacity = { rows: packed.tokens.length, pairs: packed.pairRow.length };
  using scorer = new Scorer(model, { ...capacity, temperature: 1 });
  return await scorer.score(packed);
}
