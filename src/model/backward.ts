/**
 * The decoder's backward pass: the forward pass upside down.
 *
 * Gradients of weights accumulate; gradients of activations overwrite one set of buffers that all layers share. Where the
 * layers kept only their inputs, each is run forward again before its turn: the same kernels on the same numbers, hence
 * the same bits.
 *
 * @module
 */
import type { Gpu, Pass, Tensor } from "../gpu/mod.ts";
import {
  addInPlace,
  attentionBackward,
  biasBackward,
  embeddingBackward,
  linearBackward,
  rmsnormBackward,
  ropeBackward,
  swigluBackward,
} from "../ops/mod.ts";
import type { Activations, LayerActivations } from "./activations.ts";
import type { DeviceBatch } from "./batch.ts";
import type { ModelConfig } from "./config.ts";
import { attended, flat, forwardLayer } from "./forward.ts";
import type { Model } from "./model.ts";
import type { LayerWeights, Weights } from "./weights.ts";

/** Gradients of activations; T rows, q = heads * headDim, kv = kvHeads * headDim. */
export interface ActivationGrads {
  /** Of the residual stream, `[T, hidden]`; holds the gradient of the last layer's output when the pass begins. */
  readonly dx: Tensor;
  /** Of a norm's input, before it is added to `dx`, `[T, hidden]`. */
  readonly dnormInput: Tensor;
  /** Of a norm's output, `[T, hidden]`. */
  readonly dnorm: Tensor;
  /** Of the gated product, `[T, intermediate]`. */
  readonly dgated: Tensor;
  /** Of gate and up projections, `[T, 2 * intermediate]`. */
  readonly dgateUp: Tensor;
  /** Of attention's output, `[T, heads, headDim]`. */
  readonly dy: Tensor;
  /** Of the rotated queries, then of the queries, `[T, heads, headDim]`. */
  readonly dq: Tensor;
  /** Of the rotated keys, then of the keys, `[T, kvHeads, headDim]`. */
  readonly dk: Tensor;
  /** Of the values, `[T, kvHeads, headDim]`. */
  readonly dv: Tensor;
  /** Of the queries before their norm, where there is one, `[T * heads, headDim]`. */
  readonly dqRaw?: Tensor;
  /** Of the keys before their norm, where there is one, `[T * kvHeads, headDim]`. */
  readonly dkRaw?: Tensor;
}

function gradShapes(config: ModelConfig, rows: number): Record<string, readonly number[]> {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config;
  const norms = { dqRaw: [rows * heads, headDim], dkRaw: [rows * kvHeads, headDim] };
  return {
    dx: [rows, hiddenSize],
    dnormInput: [rows, hiddenSize],
    dnorm: [rows, hiddenSize],
    dgated: [rows, intermediateSize],
    dgateUp: [rows, 2 * intermediateSize],
    dy: [rows, heads, headDim],
    dq: [rows, heads, headDim],
    dk: [rows, kvHeads, headDim],
    dv: [rows, kvHeads, headDim],
    ...(config.qkNorm ? norms : {}),
  };
}

/** Buffers for the gradients of up to `rows` rows. */
export class ActivationGradBuffers implements Disposable {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig;
  readonly #tensors: Record<string, Tensor>;

  /** Allocates. */
  constructor(gpu: Gpu, config: ModelConfig, rows: number) {
    this.#gpu = gpu;
    this.#config = config;
    this.#tensors = Object.fromEntries(
      Object.entries(gradShapes(config, rows)).map((
        [name, shape],
      ) => [name, gpu.tensor(name, shape)]),
    );
  }

  /** Views of the buffers at `rows` rows. */
  at(rows: number): ActivationGrads {
    const views = Object.entries(gradShapes(this.#config, rows)).map((
      [name, shape],
    ) => [name, this.#gpu.view(this.#tensors[name]!, { shape })]);
    return Object.fromEntries(views);
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    this.#gpu.release(...Object.values(this.#tensors));
  }
}

/** Bytes of the gradients of `rows` rows, for a memory plan. */
export function activationGradBytes(config: ModelConfig, rows: number): number {
  return Object.values(gradShapes(config, rows))
    .reduce((sum, shape) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
}

/** What the backward pass reads and writes. */
export interface BackwardRun {
  /** The batch the forward pass ran on. */
  readonly batch: DeviceBatch;
  /** As the forward pass left them. */
  readonly activations: Activations;
  /** `dx` is read first; all are overwritten. */
  readonly grads: ActivationGrads;
  /** Gradients of the weights; accumulated. */
  readonly dweights: Weights;
}

/** Encodes the gradients of all layers and of the embedding's rows, from `grads.dx`. */
export function backward(pass: Pass, model: Model, run: BackwardRun): void {
  const { batch, activations, grads, dweights } = run;
  for (let i = model.config.layers - 1; i >= 0; i--) {
    const layer = {
      weights: model.weights.layers[i]!,
      dweights: dweights.layers[i]!,
      saved: activations.layers[i]!,
    };
    // What the last layer made is still there.
    if (activations.kept === "inputs" && i < model.config.layers - 1) {
      forwardLayer(pass, model, { rows: batch, saved: layer.saved, index: i, keep: true });
    }
    backwardFeedForward(pass, layer, grads);
    backwardAttention(pass, layer, { batch, grads });
    backwardHeads(pass, model, { ...layer, batch, grads });
  }
  const { tokenOrder: order, tokenStart: start } = batch;
  embeddingBackward(pass, { order, start }, { dx: grads.dx, dtable: dweights.embedding });
}

interface LayerRun {
  readonly weights: LayerWeights;
  readonly dweights: LayerWeights;
  readonly saved: LayerActivations;
}

/** Next x = mid + gated down; gated = swiglu(midNorm gateUp); midNorm = rmsnorm(mid). Leaves dmid in `dx`. */
function backwardFeedForward(pass: Pass, layer: LayerRun, grads: ActivationGrads): void {
  const { weights, dweights, saved } = layer;
  const { dx, dnorm, dnormInput, dgated, dgateUp } = grads;
  const down = { x: saved.gated, weight: weights.down.weight };
  linearBackward(pass, down, { dy: dx, dx: dgated, dweight: dweights.down.weight });
  swigluBackward(pass, { x: saved.gateUp }, { dy: dgated, dx: dgateUp });
  const gateUp = { x: saved.midNorm, weight: weights.gateUp.weight };
  linearBackward(pass, gateUp, { dy: dgateUp, dx: dnorm, dweight: dweights.gateUp.weight });
  const norm = { x: saved.mid, gain: weights.mlpNorm, r: saved.midScale };
  rmsnormBackward(pass, norm, { dy: dnorm, dx: dnormInput, dgain: dweights.mlpNorm });
  addInPlace(pass, dnormInput, dx);
}

/** mid = x + y output; y = attention(q, k, v); q, k rotated. Leaves gradients of unrotated heads. */
function backwardAttention(
  pass: Pass,
  layer: LayerRun,
  { batch, grads }: { batch: DeviceBatch; grads: ActivationGrads },
): void {
  const { weights, dweights, saved } = layer;
  const { dx, dy, dq, dk, dv } = grads;
  const output = { x: flat(attended(pass, saved), dx), weight: weights.output.weight };
  linearBackward(pass, output, {
    dy: dx,
    dx: flat(dy, dx),
    dweight: dweights.output.weight,
  });
  const { q, k, v, y, stats } = saved;
  const { spans, reach } = batch;
  attentionBackward(pass, { q, k, v, y, spans, reach, stats }, { dy, dq, dk, dv });
}

/** q, k, v = xNorm projections (+ norms, rotation); xNorm = rmsnorm(x). Leaves dx of the layer's input in `dx`. */
function backwardHeads(
  pass: Pass,
  model: Model,
  run: LayerRun & { batch: DeviceBatch; grads: ActivationGrads },
): void {
  const { weights, dweights, saved, batch, grads } = run;
  const { dx, dnorm, dnormInput, dv } = grads;
  const rope = { table: model.ropeTable, position: batch.positions };
  ropeBackward(pass, rope, grads.dq);
  ropeBackward(pass, rope, grads.dk);
  const [dq, dk] = backwardHeadNorms(pass, run);
  const projections = [
    [weights.query, dweights.query, dq],
    [weights.key, dweights.key, dk],
    [weights.value, dweights.value, dv],
  ] as const;
  projections.forEach(([linear, dlinear, dheads], i) => {
    const dy = flat(dheads, dx);
    if (dlinear.bias) biasBackward(pass, { dy, dbias: dlinear.bias });
    const forwardInputs = { x: saved.xNorm, weight: linear.weight };
    const linearGrads = { dy, dx: dnorm, dweight: dlinear.weight };
    linearBackward(pass, forwardInputs, linearGrads, { accumulateDx: i > 0 });
  });
  const norm = { x: saved.x, gain: weights.inputNorm, r: saved.xScale };
  rmsnormBackward(pass, norm, { dy: dnorm, dx: dnormInput, dgain: dweights.inputNorm });
  addInPlace(pass, dnormInput, dx);
}

/** Gradients of queries and keys before their norms; those after them where there is none. */
function backwardHeadNorms(
  pass: Pass,
  { weights, dweights, saved, grads }: LayerRun & { grads: ActivationGrads },
): readonly [Tensor, Tensor] {
  const { dq, dk, dqRaw, dkRaw } = grads;
  if (!weights.queryNorm || !weights.keyNorm || !dqRaw || !dkRaw) return [dq, dk];
  const q = { x: saved.qRaw!, gain: weights.queryNorm, r: saved.qScale! };
  const k = { x: saved.kRaw!, gain: weights.keyNorm, r: saved.kScale! };
  rmsnormBackward(pass, q, { dy: flat(dq, dqRaw), dx: dqRaw, dgain: dweights.queryNorm! });
  rmsnormBackward(pass, k, { dy: flat(dk, dkRaw), dx: dkRaw, dgain: dweights.keyNorm! });
  return [dqRaw, dkRaw];
}
