/**
 * The activations that the forward pass leaves for the backward pass: one named buffer a line.
 *
 * T is the number of rows, q = heads * headDim, kv = kvHeads * headDim.
 *
 * @module
 */
import type { Gpu, Tensor } from "../gpu/mod.ts";
import type { ModelConfig } from "./config.ts";

/** What one layer saves. */
export interface LayerActivations {
  /** Input of the layer, the residual stream, `[T, hidden]`. */
  readonly x: Tensor;
  /** Normalised input, `[T, hidden]`. */
  readonly xNorm: Tensor;
  /** Reciprocal root mean square of `x`, `[T]`. */
  readonly xScale: Tensor;
  /** Rotated queries, `[T, heads, headDim]`. */
  readonly q: Tensor;
  /** Keys, rotated in training, `[T, kvHeads, headDim]`. */
  readonly k: Tensor;
  /** Values, `[T, kvHeads, headDim]`. */
  readonly v: Tensor;
  /** Queries before their norm, where the architecture has one, `[T * heads, headDim]`. */
  readonly qRaw?: Tensor;
  /** Keys before their norm, `[T * kvHeads, headDim]`. */
  readonly kRaw?: Tensor;
  /** Reciprocal root mean square of each query, `[T * heads]`. */
  readonly qScale?: Tensor;
  /** Reciprocal root mean square of each key, `[T * kvHeads]`. */
  readonly kScale?: Tensor;
  /** Attention's output, `[T, heads, headDim]`. */
  readonly y: Tensor;
  /** Log-sum-exp of the scores and, in the backward pass, dy . y, `[T, heads, 2]`. */
  readonly stats: Tensor;
  /** The residual stream after attention, `[T, hidden]`. */
  readonly mid: Tensor;
  /** Normalised `mid`, `[T, hidden]`. */
  readonly midNorm: Tensor;
  /** Reciprocal root mean square of `mid`, `[T]`. */
  readonly midScale: Tensor;
  /** Gate and up projections side by side, `[T, 2 * intermediate]`. */
  readonly gateUp: Tensor;
  /** Their gated product, `[T, intermediate]`. */
  readonly gated: Tensor;
}

/** Everything between the tokens and the head. */
export interface Activations {
  /** From the lowest layer. */
  readonly layers: readonly LayerActivations[];
  /** Output of the last layer, `[T, hidden]`. */
  readonly x: Tensor;
  /** What the layers keep; the rest of a layer is overwritten by the next one. */
  readonly kept: Kept;
}

type Shapes = Record<string, readonly number[]>;

function layerShapes(config: ModelConfig, rows: number): Shapes {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config;
  const norms = {
    qRaw: [rows * heads, headDim],
    kRaw: [rows * kvHeads, headDim],
    qScale: [rows * heads],
    kScale: [rows * kvHeads],
  };
  return {
    x: [rows, hiddenSize],
    xNorm: [rows, hiddenSize],
    xScale: [rows],
    q: [rows, heads, headDim],
    k: [rows, kvHeads, headDim],
    v: [rows, kvHeads, headDim],
    ...(config.qkNorm ? norms : {}),
    y: [rows, heads, headDim],
    stats: [rows, heads, 2],
    mid: [rows, hiddenSize],
    midNorm: [rows, hiddenSize],
    midScale: [rows],
    gateUp: [rows, 2 * intermediateSize],
    gated: [rows, intermediateSize],
  };
}

/**
 * What the layers keep for the backward pass: all activations; their inputs alone, from which the backward pass computes
 * the others again (Chen et al. 2016, arXiv:1604.06174), so that it takes a second forward pass and far less memory; or,
 * where there is no backward pass, nothing.
 */
export type Kept = "all" | "inputs" | "nothing";

/** Buffers for the activations of up to `rows` rows. */
export class ActivationBuffers implements Disposable {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #kept: Kept;
  readonly #layers: Record<string, Tensor>[];
  readonly #x: Tensor;

  /** Allocates; what is not kept is one set of buffers that all layers share. */
  constructor(gpu: Gpu, config: ModelConfig, { rows, keep }: { rows: number; keep: Kept }) {
    this.#gpu = gpu;
    this.#config = config;
    this.#kept = keep;
    const make = (prefix: string) =>
      Object.fromEntries(
        Object.entries(layerShapes(config, rows)).map((
          [name, shape],
        ) => [name, gpu.tensor(`${prefix}.${name}`, shape)]),
      );
    const input = (name: string) => gpu.tensor(name, [rows, config.hiddenSize]);
    const shared = keep === "all" ? undefined : make("layer");
    this.#layers = Array.from({ length: config.layers }, (_, i) => {
      if (!shared) return make(`layer.${i}`);
      return keep === "inputs" && i > 0 ? { ...shared, x: input(`layer.${i}.x`) } : shared;
    });
    this.#x = keep === "nothing" ? shared!["x"]! : input("activations.x");
  }

  /** Views of the buffers at `rows` rows. */
  at(rows: number): Activations {
    const shapes = layerShapes(this.#config, rows);
    const layers = this.#layers.map((tensors) =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [
          name,
          this.#gpu.view(tensor, { shape: shapes[name]! }),
        ]),
      ) as unknown as LayerActivations
    );
    const x = this.#gpu.view(this.#x, { shape: [rows, this.#config.hiddenSize] });
    return { layers, x, kept: this.#kept };
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    for (const layer of this.#layers) this.#gpu.release(...Object.values(layer));
    this.#gpu.release(this.#x);
  }
}

/** Bytes of the activations of `rows` rows, for a memory plan. */
export function activationBytes(config: ModelConfig, rows: number, keep: Kept): number {
  const layer = Object.values(layerShapes(config, rows))
    .reduce((sum, shape) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
  const x = 4 * rows * config.hiddenSize;
  if (keep === "nothing") return layer;
  return keep === "all" ? layer * config.layers + x : layer + x * config.layers;
}
