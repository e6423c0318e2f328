/**
 * The activations that the forward pass leaves for the backward pass: one named buffer a line.
 *
 * T is the number of rows, q = heads * headDim, kv = kvHeads * headDim.
 *
 * @module
 */
import { byteLength, type DType, type Gpu, type Tensor } from "../gpu/mod.ts";
import type { ModelConfig } from "./config.ts";
import type { Precision } from "./parameters.ts";

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
  /** In mixed precision, where what `xNorm` and `midNorm` hold as halves is computed first, `[T, hidden]`. */
  readonly norm32?: Tensor;
  /** In mixed precision, where what `gated` holds as halves is computed first, `[T, intermediate]`. */
  readonly gated32?: Tensor;
  /** In mixed precision, halves of `y` while a product reads them, `[T, heads, headDim]`. */
  readonly yHalf?: Tensor;
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

/** What is stored as halves in mixed precision: the inputs of products. */
const HALVES: ReadonlySet<string> = new Set(["xNorm", "midNorm", "gated", "yHalf"]);

/** What all layers share even where they keep the rest. */
function scratchShapes(
  { hiddenSize, intermediateSize, heads, headDim }: ModelConfig,
  rows: number,
  precision: Precision,
): Shapes {
  if (precision === "f32") return {};
  return {
    norm32: [rows, hiddenSize],
    gated32: [rows, intermediateSize],
    yHalf: [rows, heads, headDim],
  };
}

function dtypeOf(name: string, precision: Precision): DType {
  return precision === "mixed" && HALVES.has(name) ? "f16" : "f32";
}

/**
 * What the layers keep for the backward pass: all activations; their inputs alone, from which the backward pass computes
 * the others again (Chen et al. 2016, arXiv:1604.06174), so that it takes a second forward pass and far less memory; or,
 * where there is no backward pass, nothing.
 */
export type Kept = "all" | "inputs" | "nothing";

/** How many activations of which format. */
export interface ActivationSizes {
  /** Most rows. */
  readonly rows: number;
  /** What the layers keep. */
  readonly keep: Kept;
  /** Format of what products read; f32 by default. */
  readonly precision?: Precision;
}

/** Buffers for the activations of up to `rows` rows. */
export class ActivationBuffers implements Disposable {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #sizes: ActivationSizes;
  readonly #layers: Record<string, Tensor>[];
  readonly #x: Tensor;

  /** Allocates; what is not kept is one set of buffers that all layers share. */
  constructor(gpu: Gpu, config: ModelConfig, sizes: ActivationSizes) {
    this.#gpu = gpu;
    this.#config = config;
    this.#sizes = sizes;
    const { rows, keep, precision = "f32" } = sizes;
    const make = (prefix: string, shapes: Shapes) =>
      Object.fromEntries(
        Object.entries(shapes).map((
          [name, shape],
        ) => [name, gpu.tensor(`${prefix}.${name}`, shape, dtypeOf(name, precision))]),
      );
    const input = (name: string) => gpu.tensor(name, [rows, config.hiddenSize]);
    const shapes = layerShapes(config, rows);
    const scratch = make("scratch", scratchShapes(config, rows, precision));
    const shared = keep === "all" ? undefined : { ...make("layer", shapes), ...scratch };
    this.#layers = Array.from({ length: config.layers }, (_, i) => {
      if (!shared) return { ...make(`layer.${i}`, shapes), ...scratch };
      return keep === "inputs" && i > 0 ? { ...shared, x: input(`layer.${i}.x`) } : shared;
    });
    this.#x = keep === "nothing" ? shared!["x"]! : input("activations.x");
  }

  /** Views of the buffers at `rows` rows. */
  at(rows: number): Activations {
    const { keep: kept, precision = "f32" } = this.#sizes;
    const shapes = {
      ...layerShapes(this.#config, rows),
      ...scratchShapes(this.#config, rows, precision),
    };
    const layers = this.#layers.map((tensors) =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [
          name,
          this.#gpu.view(tensor, { shape: shapes[name]! }),
        ]),
      ) as unknown as LayerActivations
    );
    const x = this.#gpu.view(this.#x, { shape: [rows, this.#config.hiddenSize] });
    return { layers, x, kept };
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    for (const layer of this.#layers) this.#gpu.release(...Object.values(layer));
    this.#gpu.release(this.#x);
  }
}

/** Bytes of the buffers, for a memory plan. */
export function activationBytes(config: ModelConfig, sizes: ActivationSizes): number {
  const { rows, keep, precision = "f32" } = sizes;
  const bytesOf = (shapes: Shapes) =>
    Object.entries(shapes).reduce(
      (sum, [name, shape]) => sum + byteLength({ shape, dtype: dtypeOf(name, precision) }),
      0,
    );
  const layer = bytesOf(layerShapes(config, rows));
  const scratch = bytesOf(scratchShapes(config, rows, precision));
  const x = 4 * rows * config.hiddenSize;
  if (keep === "nothing") return scratch + layer;
  return scratch + (keep === "all" ? layer * config.layers + x : layer + x * config.layers);
}
