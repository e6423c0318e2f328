/**
 * The `policy` embedder: mean-pooled hidden states of a frozen decoder.
 *
 * @module
 */
import type { Tensor } from "../gpu/mod.ts";
import {
  ActivationBuffers,
  BatchBuffers,
  forward,
  type Model,
  packGroups,
  splitMicroBatches,
} from "../model/mod.ts";
import { pool, type Pooling, rmsnormForward } from "../ops/mod.ts";
import type { Embedder } from "./types.ts";

/** Sizes of a policy embedder. */
export interface PolicyEmbedderSettings {
  /** Most tokens of a batch; a longer text is cut there. */
  readonly rows: number;
  /** Which vector stands for a text. Default `mean`. */
  readonly pooling?: Pooling;
  /** Token ids of a text. */
  readonly encode: (text: string) => readonly number[];
}

/** Embeds texts by a model that nobody changes meanwhile. Dispose of it with `using`. */
export class PolicyEmbedder implements Embedder, Disposable {
  readonly #model: Model;
  readonly #settings: PolicyEmbedderSettings;
  readonly #batch: BatchBuffers;
  readonly #activations: ActivationBuffers;
  readonly #norm: Tensor;
  readonly #scale: Tensor;

  /** Allocates; the model is borrowed. */
  constructor(model: Model, settings: PolicyEmbedderSettings) {
    const { gpu, config, precision } = model;
    const { rows } = settings;
    this.#model = model;
    this.#settings = settings;
    this.#batch = new BatchBuffers(model, { rows, pairs: 1 });
    this.#activations = new ActivationBuffers(gpu, config, { rows, keep: "nothing", precision });
    this.#norm = gpu.tensor("embed.norm", [rows, config.hiddenSize]);
    this.#scale = gpu.tensor("embed.scale", [rows]);
  }

  /** Vectors of length 1, `[hidden]` each; the zero vector for an empty text. */
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const { rows, encode } = this.#settings;
    const longest = Math.min(rows, this.#model.ropeTable.shape[0]!);
    const prompts = texts.map((text) => encode(text).slice(0, longest));
    const filled = prompts.map((prompt, index) => ({ prompt, index, completions: [] }))
      .filter(({ prompt }) => prompt.length > 0);
    const width = this.#model.config.hiddenSize;
    const vectors: Float32Array[] = texts.map(() => new Float32Array(width));
    for (const batch of splitMicroBatches(filled, rows)) {
      const embedded = await this.#embedBatch(batch.map(({ prompt }) => prompt));
      batch.forEach(({ index }, i) => vectors[index] = embedded[i]!);
    }
    return vectors;
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    for (const part of [this.#batch, this.#activations]) part[Symbol.dispose]();
    this.#model.gpu.release(this.#norm, this.#scale);
  }

  async #embedBatch(prompts: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { gpu, config, weights } = this.#model;
    const packed = packGroups(prompts.map((prompt) => ({ prompt, completions: [] })));
    const batch = this.#batch.load(packed);
    const activations = this.#activations.at(batch.rows);
    const y = gpu.tensor("embed.y", [prompts.length, config.hiddenSize]);
    const bounds = gpu.from("embed.bounds", [prompts.length, 2], segmentBounds(prompts));
    const norm = gpu.view(this.#norm, { shape: [batch.rows, config.hiddenSize] });
    const r = gpu.view(this.#scale, { shape: [batch.rows] });
    const pass = gpu.pass("embed");
    forward(pass, this.#model, { rows: batch, activations });
    const saved = { x: activations.x, gain: weights.norm, r };
    rmsnormForward(pass, saved, norm, { eps: config.rmsNormEps });
    pool(pass, { x: norm, bounds }, y, this.#settings.pooling ?? "mean");
    pass.submit();
    const values = await gpu.read(y) as Float32Array;
    gpu.release(y, bounds);
    const size = config.hiddenSize;
    return prompts.map((_, i) => values.slice(i * size, (i + 1) * size));
  }
}

function segmentBounds(prompts: readonly (readonly number[])[]): Uint32Array<ArrayBuffer> {
  const bounds = new Uint32Array(prompts.length * 2);
  let start = 0;
  prompts.forEach(({ length }, i) => {
    bounds.set([start, start + length], i * 2);
    start += length;
  });
  return bounds;
}
