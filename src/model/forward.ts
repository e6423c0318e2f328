/**
 * The decoder's forward pass, from tokens to the last layer's output.
 *
 * Pre-norm residual layers of grouped-query attention and SwiGLU as in Qwen2 (arXiv:2407.10671) and Qwen3
 * (arXiv:2505.09388). Decoding, where attention finds its keys in a cache, shares these parts; see `decode.ts`.
 *
 * @module
 */
import { type Pass, reshape, type Tensor } from "../gpu/mod.ts";
import {
  attentionForward,
  embeddingForward,
  gatedLinearForward,
  linearForward,
  packHalf,
  rmsnormForward,
  ropeForward,
} from "../ops/mod.ts";
import type { Activations, LayerActivations } from "./activations.ts";
import type { Decoder } from "./model.ts";
import type { LayerWeights } from "./weights.ts";

/** Rows of tokens to run; all u32, `[rows]` unless noted. */
export interface Rows {
  /** Token ids. */
  readonly tokens: Tensor;
  /** Rotary positions. */
  readonly positions: Tensor;
  /** Keys each row sees, `[rows, 4]`; see `packing.ts`. They are rows of this batch, or slots of a cache. */
  readonly spans: Tensor;
}

/** The weights that one layer reads, and what it writes. */
export interface LayerRun {
  /** Weights of the layer. */
  readonly weights: LayerWeights;
  /** Its activations, of which `x` is read and the others are written. */
  readonly saved: LayerActivations;
}

/**
 * Encodes all layers; the result is `activations.x`.
 *
 * @param pass Compute pass to encode into.
 * @param model The decoder.
 * @param run `rows` is read and `activations` is overwritten.
 */
export function forward(
  pass: Pass,
  model: Decoder,
  run: { rows: Rows; activations: Activations },
): void {
  const { rows, activations } = run;
  const { layers } = activations;
  embed(pass, model, rows, layers[0]!.x);
  model.weights.layers.forEach((weights, index) => {
    const saved = layers[index]!;
    forwardLayer(pass, model, { rows, saved, index, keep: activations.kept !== "nothing" });
    feedOn(pass, { weights, saved }, layers[index + 1]?.x ?? activations.x);
  });
}

/**
 * Encodes all that one layer saves, from its input `saved.x`: the layer but for its last product.
 *
 * @param run `index` is the layer's number; `keep` is whether the gate's two factors are wanted, as the backward pass does.
 */
export function forwardLayer(
  pass: Pass,
  model: Decoder,
  run: { rows: Rows; saved: LayerActivations; index: number; keep: boolean },
): void {
  const { rows: { positions, spans }, saved, index, keep } = run;
  const layer = { weights: model.weights.layers[index]!, saved };
  const { q, k, v, y, stats } = saved;
  const rope = { table: model.ropeTable, position: positions };
  projectHeads(pass, model, layer);
  ropeForward(pass, rope, q);
  ropeForward(pass, rope, k);
  attentionForward(pass, { q, k, v, spans, stats }, y);
  feedForward(pass, model, { ...layer, keep });
}

/** tokens -> x. */
export function embed(pass: Pass, model: Decoder, { tokens }: Rows, x: Tensor): void {
  embeddingForward(pass, { table: model.weights.embedding, token: tokens }, x);
}

/** x -> xNorm -> q, k, v, neither of which is rotated yet. */
export function projectHeads(pass: Pass, model: Decoder, { weights, saved }: LayerRun): void {
  const { rmsNormEps: eps } = model.config;
  const { x, xNorm, xScale, norm32 } = saved;
  const { query, key, value } = weights;
  const norm = { x, gain: weights.inputNorm, r: xScale };
  store(pass, xNorm, norm32, (y) => rmsnormForward(pass, norm, y, { eps }));
  linearForward(pass, { x: xNorm, ...query }, flat(saved.qRaw ?? saved.q, x));
  linearForward(pass, { x: xNorm, ...key }, flat(saved.kRaw ?? saved.k, x));
  linearForward(pass, { x: xNorm, ...value }, flat(saved.v, x));
  if (!weights.queryNorm || !weights.keyNorm) return;
  const q = { x: saved.qRaw!, gain: weights.queryNorm, r: saved.qScale! };
  const k = { x: saved.kRaw!, gain: weights.keyNorm, r: saved.kScale! };
  rmsnormForward(pass, q, reshape(saved.q, q.x.shape), { eps });
  rmsnormForward(pass, k, reshape(saved.k, k.x.shape), { eps });
}

/** y -> mid -> gated. */
export function feedForward(
  pass: Pass,
  model: Decoder,
  { weights, saved, keep }: LayerRun & { keep: boolean },
): void {
  const { rmsNormEps: eps } = model.config;
  const { x, mid, midNorm, midScale, gateUp, gated, norm32, gated32 } = saved;
  const y = attended(pass, saved);
  linearForward(pass, { x: flat(y, x), ...weights.output }, mid, { residual: x });
  const norm = { x: mid, gain: weights.mlpNorm, r: midScale };
  store(pass, midNorm, norm32, (y) => rmsnormForward(pass, norm, y, { eps }));
  const gate = { x: midNorm, ...weights.gateUp };
  store(pass, gated, gated32, (y) => gatedLinearForward(pass, gate, { gateUp, y, keep }));
}

/** gated -> the layer's output. */
export function feedOn(pass: Pass, { weights, saved }: LayerRun, next: Tensor): void {
  linearForward(pass, { x: saved.gated, ...weights.down }, next, { residual: saved.mid });
}

/** Encodes a result straight into `y`, or into `y32` and from there, rounded, into `y`. */
function store(
  pass: Pass,
  y: Tensor,
  y32: Tensor | undefined,
  encode: (goal: Tensor) => void,
): void {
  encode(y32 ?? y);
  if (y32) packHalf(pass, y32, y);
}

/** Attention's output as products read it: in mixed precision its halves, which are made here. */
export function attended(pass: Pass, { y, yHalf }: LayerActivations): Tensor {
  if (yHalf) packHalf(pass, y, yHalf);
  return yHalf ?? y;
}

/** Heads side by side: a tensor of as many rows as `like`. */
export function flat(tensor: Tensor, like: Tensor): Tensor {
  const rows = like.shape[0]!;
  const size = tensor.shape.reduce((product, length) => product * length, 1);
  return reshape(tensor, [rows, size / rows]);
}
