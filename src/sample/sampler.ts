/**
 * Batched sampling on the GPU with a key-value cache.
 *
 * A prompt is computed once however many completions it has. Tokens and their log-probabilities stay on the GPU; the
 * host looks every {@linkcode CHECK_EVERY} tokens, or when the limit is reached if only that ends a completion, takes
 * finished sequences out of the batch and gives their places to waiting ones. Between two looks the GPU itself passes over
 * those that have ended. The weights are those the learner changes; on a software adapter a small model's are copied into
 * images at the beginning of a call.
 *
 * @module
 */
import { type Pass, rowBlocks, type Tensor } from "../gpu/mod.ts";
import {
  ActivationBuffers,
  type Decoder,
  decodeStep,
  fillCache,
  type KeyValueCache,
  type Model,
  WeightImages,
} from "../model/mod.ts";
import {
  advanceDecodeState,
  cachesImages,
  linearForward,
  placeColumns,
  rmsnormForward,
  sample,
} from "../ops/mod.ts";
import { LaneBuffers, type LaneTensors } from "./lane_buffers.ts";
import { type Lanes, noLanes, refillLanes } from "./lanes.ts";
import { PromptBuffers } from "./prompts.ts";
import {
  type Admission,
  openSchedule,
  type SamplerCapacity,
  type SampleRequest,
} from "./schedule.ts";

/** Tokens between two looks at which sequences have ended; every look waits for the GPU. */
const CHECK_EVERY = 16;
/** Tokens encoded before they are submitted, so that the GPU works while the host encodes the next ones. */
const SUBMIT_EVERY = 4;

/** Sizes of a sampler. */
export interface SamplerSettings extends SamplerCapacity {
  /** Most tokens of a completion. */
  readonly maxTokens: number;
  /** Tokens that end a completion; without any, only the limit does. */
  readonly stop: readonly number[];
}

/** The distribution that is sampled from. */
export interface SampleSettings {
  /** Most tokens of a completion; at most the sampler's. */
  readonly maxTokens: number;
  /** Divides the logits; 0 is greedy. */
  readonly temperature: number;
  /** Smallest probability mass kept; 1 keeps all. */
  readonly topP: number;
  /** Number of tokens kept; 0 keeps all. */
  readonly topK: number;
}

/** A sampled completion. */
export interface Completion {
  /** Token ids, the stop token included where it was reached. */
  readonly tokens: number[];
  /** Log-probability of each token under the distribution it was drawn from, nats. */
  readonly logprobs: Float32Array;
  /** Whether a stop token was reached. */
  readonly finished: boolean;
}

/** Buffers of the head for one token a lane. */
interface HeadTensors {
  readonly x: Tensor;
  readonly xNorm: Tensor;
  readonly scale: Tensor;
  readonly logits: Tensor;
  /** Logits of one block of the vocabulary, where the head's weight is in blocks. */
  readonly block?: Tensor;
}

/** Samples from one model. */
export class Sampler implements Disposable {
  readonly #model: Model;
  readonly #images: WeightImages;
  readonly #decoder: Decoder;
  readonly #settings: SamplerSettings;
  readonly #cache: KeyValueCache["layers"];
  readonly #stop: Tensor;
  readonly #prompts: PromptBuffers;
  readonly #activations: ActivationBuffers;
  readonly #lanes: LaneBuffers;
  readonly #head: HeadTensors;

  /** Allocates cache and buffers. */
  constructor(model: Model, settings: SamplerSettings) {
    const { gpu, config, precision, weights: { head } } = model;
    const { lanes, promptRows, maxTokens, stop } = settings;
    this.#model = model;
    this.#images = new WeightImages(model);
    this.#decoder = this.#images.decoder;
    this.#settings = settings;
    const slots = promptRows + lanes * maxTokens;
    const { heads, kvHeads, headDim } = config;
    const shape = [kvHeads, slots, headDim] as const;
    const make = (name: string) =>
      cachesImages(gpu.adapter, shape, heads)
        ? gpu.image(name, shape)
        : gpu.tensor(name, [slots, kvHeads, headDim]);
    this.#cache = Array.from({ length: config.layers }, (_, i) => ({
      keys: make(`cache.${i}.keys`),
      values: make(`cache.${i}.values`),
    }));
    this.#stop = gpu.from("sample.stop", [stop.length], Uint32Array.from(stop));
    const rows = Math.max(promptRows, lanes);
    this.#prompts = new PromptBuffers(gpu, promptRows);
    this.#activations = new ActivationBuffers(gpu, config, { rows, keep: "nothing", precision });
    this.#lanes = new LaneBuffers(gpu, lanes, maxTokens);
    this.#head = {
      x: gpu.tensor("sample.x", [lanes, config.hiddenSize]),
      xNorm: gpu.tensor("sample.xNorm", [lanes, config.hiddenSize]),
      scale: gpu.tensor("sample.scale", [lanes]),
      logits: gpu.tensor("sample.logits", [lanes, config.vocabSize]),
      ...(head.blocks && { block: gpu.tensor("sample.block", [lanes, head.blocks[0]!.shape[0]!]) }),
    };
  }

  /**
   * Samples completions; one list a request, in order. A completion depends on its request's prompt and seed and on its
   * own number, not on what else is sampled.
   *
   * @throws {RangeError} If a prompt does not fit the cache, `maxTokens` exceeds the sampler's, or both together exceed the
   *   positions that the model was opened for.
   */
  async sample(
    requests: readonly SampleRequest[],
    settings: SampleSettings,
  ): Promise<Completion[][]> {
    const { maxTokens } = settings;
    if (maxTokens > this.#settings.maxTokens) {
      throw new RangeError(
        `Cannot sample ${maxTokens} tokens: the cache holds ${this.#settings.maxTokens} a lane`,
      );
    }
    const longest = requests.reduce((most, { prompt }) => Math.max(most, prompt.length), 0);
    const positions = this.#model.ropeTable.shape[0]!;
    if (longest + maxTokens - 1 > positions) { // the last token is not read
      throw new RangeError(
        `Cannot sample ${maxTokens} tokens after ${longest}: the model has ${positions} positions`,
      );
    }
    this.#images.refresh(); // the weights may have changed since the last call
    const results = requests.map(({ count }) => new Array<Completion>(count));
    const schedule = openSchedule(requests, this.#settings);
    const sizes = { limit: maxTokens, laneSlots: this.#settings.promptRows };
    for (let lanes = noLanes(maxTokens);;) {
      const { assignments, prompts } = schedule.admit();
      lanes = refillLanes(lanes, requests, assignments, sizes);
      if (lanes.assignment.length === 0) return results;
      this.#readPrompts(requests, prompts);
      const tensors = this.#lanes.load(lanes);
      this.#decode(tensors, this.#stepsToLook(maxTokens, lanes), settings);
      lanes = await this.#lanes.read(tensors, lanes.assignment);
      for (const row of lanes.assignment.keys()) {
        if (lanes.finished[row] === 0) continue;
        const { request, completion } = lanes.assignment[row]!;
        results[request]![completion] = this.#completionOf(lanes, row);
        schedule.end(lanes.assignment[row]!);
      }
    }
  }

  /** Destroys cache and buffers. */
  [Symbol.dispose](): void {
    const { gpu } = this.#model;
    for (const { keys, values } of this.#cache) gpu.release(keys, values);
    gpu.release(this.#stop, ...Object.values(this.#head));
    for (const part of [this.#prompts, this.#activations, this.#lanes, this.#images]) {
      part[Symbol.dispose]();
    }
  }

  /** Keys and values of new prompts into the cache. */
  #readPrompts(requests: readonly SampleRequest[], prompts: Admission["prompts"]): void {
    const rows = this.#prompts.load(requests, prompts);
    if (!rows) return;
    const activations = this.#activations.at(rows.tokens.shape[0]!);
    const pass = this.#model.gpu.pass("prompts");
    fillCache(pass, this.#decoder, {
      rows,
      activations,
      cache: { layers: this.#cache, slots: rows.slots },
    });
    pass.submit();
  }

  /** Steps until a sequence may have ended; where no token ends one, it is known when the first does. */
  #stepsToLook(maxTokens: number, { length }: Lanes): number {
    if (this.#settings.stop.length === 0) return maxTokens - Math.max(...length);
    return Math.min(CHECK_EVERY, maxTokens - Math.min(...length));
  }

  /** Submits `steps` decoding steps. */
  #decode(tensors: LaneTensors, steps: number, settings: SampleSettings): void {
    const { gpu } = this.#model;
    const count = tensors.next.shape[0]!;
    const activations = this.#activations.at(count);
    const rows = {
      ...{ tokens: tensors.next, positions: tensors.position, spans: tensors.spans },
      ...(this.#settings.stop.length > 0 && { live: tensors.live }), // else none ends before the look
    };
    const cache = { layers: this.#cache, slots: tensors.slot };
    for (let step = 0; step < steps; step += SUBMIT_EVERY) {
      const pass = gpu.pass("decode");
      decodeStep(pass, this.#decoder, { rows, activations, cache });
      this.#predict(pass, activations.x, rows.live);
      this.#draw(pass, tensors, settings);
      advanceDecodeState(pass, tensors.finished, tensors);
      pass.repeat(Math.min(SUBMIT_EVERY, steps - step) - 1); // where a step stands is known on the GPU alone
      pass.submit();
    }
  }

  /** Last layer's output -> logits. */
  #predict(pass: Pass, x: Tensor, live: Tensor | undefined): void {
    const { weights, config } = this.#decoder;
    const { xNorm, scale, logits, block } = this.#headAt(x.shape[0]!);
    const saved = { x, gain: weights.norm, r: scale };
    rmsnormForward(pass, saved, xNorm, { eps: config.rmsNormEps });
    const image = weights.headImage;
    for (const { tensor: weight, first } of rowBlocks(weights.head)) {
      if (!block) {
        linearForward(pass, { x: xNorm, weight, live, ...(image && { image }) }, logits);
      } else {
        const shape = [x.shape[0]!, weight.shape[0]!];
        const part = this.#model.gpu.view(block, { shape });
        linearForward(pass, { x: xNorm, weight }, part);
        placeColumns(pass, part, logits, first);
      }
    }
  }

  /** Logits -> next token of every lane. */
  #draw(pass: Pass, tensors: LaneTensors, settings: SampleSettings): void {
    const { logits } = this.#headAt(tensors.next.shape[0]!);
    const input = { logits, stream: tensors.stream, stop: this.#stop };
    sample(pass, input, tensors, { ...settings, seed: 0 });
  }

  #headAt(rows: number): HeadTensors {
    const { gpu } = this.#model;
    const views = Object.entries(this.#head).map(([name, tensor]) => {
      const shape = [rows, ...tensor.shape.slice(1)];
      return [name, gpu.view(tensor, { shape })];
    });
    return Object.fromEntries(views);
  }

  #completionOf(lanes: Lanes, row: number): Completion {
    const limit = lanes.tokens.length / lanes.assignment.length;
    const end = row * limit + lanes.length[row]!;
    const tokens = Array.from(lanes.tokens.subarray(row * limit, end));
    return {
      tokens,
      logprobs: lanes.logps.slice(row * limit, end),
      finished: this.#settings.stop.includes(tokens.at(-1)!),
    };
  }
}
