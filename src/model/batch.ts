/**
 * A packed batch on the GPU: buffers of a fixed capacity, and views of them at a batch's own size.
 *
 * @module
 */
import type { Gpu, Tensor } from "../gpu/mod.ts";
import { indexTokens } from "../ops/mod.ts";
import type { Model } from "./model.ts";
import type { PackedBatch } from "./packing.ts";

/** How large a batch may become. */
export interface BatchCapacity {
  /** Most rows (tokens that are read). */
  readonly rows: number;
  /** Most predictions. */
  readonly pairs: number;
}

/** A packed batch of T rows and P predictions on the GPU; all u32. */
export interface DeviceBatch {
  /** T. */
  readonly rows: number;
  /** P. */
  readonly pairs: number;
  /** `[T]`. */
  readonly tokens: Tensor;
  /** `[T]`. */
  readonly positions: Tensor;
  /** `[T, 4]`. */
  readonly spans: Tensor;
  /** `[T]`. */
  readonly reach: Tensor;
  /** `[P]`. */
  readonly pairRow: Tensor;
  /** `[P]`. */
  readonly pairTarget: Tensor;
  /** `[T + 1]`. */
  readonly pairStart: Tensor;
  /** Rows ordered by token, `[T]`, for the embedding's gradient. */
  readonly tokenOrder: Tensor;
  /** Where each token's rows start in `tokenOrder`, `[vocab + 1]`. */
  readonly tokenStart: Tensor;
}

/** Buffers for one batch at a time. */
export class BatchBuffers implements Disposable {
  readonly #gpu: Gpu;
  readonly #vocab: number;
  readonly #positions: number;
  readonly #whole: Omit<DeviceBatch, "rows" | "pairs">;
  /** What fits. */
  readonly capacity: BatchCapacity;

  /** Allocates for the largest batch of a model. */
  constructor({ gpu, config, ropeTable }: Model, capacity: BatchCapacity) {
    this.#gpu = gpu;
    this.#vocab = config.vocabSize;
    this.#positions = ropeTable.shape[0]!;
    this.capacity = capacity;
    const { rows, pairs } = capacity;
    const make = (name: string, ...shape: number[]) => gpu.tensor(`batch.${name}`, shape, "u32");
    this.#whole = {
      tokens: make("tokens", rows),
      positions: make("positions", rows),
      spans: make("spans", rows, 4),
      reach: make("reach", rows),
      pairRow: make("pairRow", pairs),
      pairTarget: make("pairTarget", pairs),
      pairStart: make("pairStart", rows + 1),
      tokenOrder: make("tokenOrder", rows),
      tokenStart: make("tokenStart", this.#vocab + 1),
    };
  }

  /**
   * Uploads a batch; it replaces the one before, whose submitted passes are not disturbed.
   *
   * @throws {RangeError} If it exceeds the capacity, or a token or a position is beyond those of the model.
   */
  load(batch: PackedBatch): DeviceBatch {
    const rows = batch.tokens.length;
    const pairs = batch.pairRow.length;
    if (rows > this.capacity.rows || pairs > this.capacity.pairs) {
      throw new RangeError(
        `Cannot load a batch of ${rows} rows and ${pairs} predictions: the buffers hold ` +
          `${this.capacity.rows} and ${this.capacity.pairs}`,
      );
    }
    this.#expectBelow("token", batch.tokens, this.#vocab);
    this.#expectBelow("predicted token", batch.pairTarget, this.#vocab);
    this.#expectBelow("position", batch.positions, this.#positions);
    const { order, start } = indexTokens(batch.tokens, this.#vocab);
    const put = (tensor: Tensor, data: Uint32Array<ArrayBuffer>, ...shape: number[]): Tensor => {
      this.#gpu.upload(tensor, data);
      return this.#gpu.view(tensor, { shape });
    };
    const whole = this.#whole;
    return {
      rows,
      pairs,
      tokens: put(whole.tokens, batch.tokens, rows),
      positions: put(whole.positions, batch.positions, rows),
      spans: put(whole.spans, batch.spans, rows, 4),
      reach: put(whole.reach, batch.reach, rows),
      pairRow: put(whole.pairRow, batch.pairRow, pairs),
      pairTarget: put(whole.pairTarget, batch.pairTarget, pairs),
      pairStart: put(whole.pairStart, batch.pairStart, rows + 1),
      tokenOrder: put(whole.tokenOrder, order, rows),
      tokenStart: put(whole.tokenStart, start, this.#vocab + 1),
    };
  }

  #expectBelow(what: string, values: Uint32Array, end: number): void {
    const beyond = values.find((value) => value >= end);
    if (beyond !== undefined) {
      throw new RangeError(`Cannot load ${what} ${beyond}: the model has ${end}`);
    }
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    this.#gpu.release(...Object.values(this.#whole));
  }
}
