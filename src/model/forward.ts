/**
 * The decoder's forward pass, from tokens to the last layer's output.
 *
 * Pre-norm residual layers of grouped-query attention and SwiGLU as in Qwen2 (arXiv:2407.10671) and Qwen3
 * (arXiv:2505.09388). One function serves training, prompts and decoding: where attention finds its keys is the only
 * difference.
 *
 * @module
 */
import { isImage, type Pass, reshape, type Tensor } from "../gpu/mod.ts";
import {
  attentionForward,
  embeddingForward,
  gatedLinearForward,
  headsImage,
  type KeyValues,
  kvStore,
  linearForward,
  type LinearSaved,
  packHalf,
  rmsnormForward,
  ropeForward,
  type RopeSaved,
} from "../ops/mod.ts";
import type { Activations, LayerActivations } from "./activations.ts";
import type { Decoder } from "./model.ts";
import type { LayerWeights } from "./weights.ts";

/** Up to so many rows a norm costs less within each product that reads it than as a dispatch. */
const FEW_ROWS = 256;

/** Rows of tokens to run; all u32, `[rows]` unless noted. */
export interface Rows {
  /** Token ids. */
  readonly tokens: Tensor;
  /** Rotary positions. */
  readonly positions: Tensor;
  /** Keys each row sees, `[rows, 4]`; see `packing.ts`. They are rows of this batch, in decoding slots of the cache. */
  readonly spans: Tensor;
  /** In decoding, the rows that are wanted, and at the end their number, `[rows + 1]`; all without it. */
  readonly live?: Tensor;
}

/** A cache of keys and values that outlives the pass, one pair a layer. */
export interface KeyValueCache {
  /** Rotated keys and values of each layer. */
  readonly layers: readonly KeyValues[];
  /** Where each row's key and value are stored, `[rows]`. */
  readonly slots: Tensor;
}

/**
 * Encodes all layers; the result is `activations.x`.
 *
 * @param pass Compute pass to encode into.
 * @param model The decoder.
 * @param run `rows` is read and `activations` is overwritten. With a `cache` this is a decoding step, a row a sequence:
 *   keys and values are stored in it and the spans name its slots; without one they name rows of this batch.
 */
export function forward(
  pass: Pass,
  model: Decoder,
  run: { rows: Rows; activations: Activations; cache?: KeyValueCache },
): void {
  const { rows, activations, cache } = run;
  const { layers } = activations;
  const table = model.weights.embedding;
  embeddingForward(pass, { table, token: rows.tokens }, layers[0]!.x);
  model.weights.layers.forEach((weights, i) => {
    const saved = layers[i]!;
    const next = layers[i + 1]?.x ?? activations.x;
    const keep = activations.kept !== "nothing";
    forwardLayer(pass, model, { rows, saved, cache, index: i, keep });
    const down = { x: saved.gated, ...weights.down, live: rows.live };
    linearForward(pass, down, next, { residual: saved.mid });
  });
}

/**
 * Encodes the layers only as far as keys and values of the rows depend on them: of the last layer nothing else is made.
 *
 * @param run As in {@linkcode forward}, but that the spans name rows of this batch.
 */
export function fillCache(
  pass: Pass,
  model: Decoder,
  run: { rows: Rows; activations: Activations; cache: KeyValueCache },
): void {
  const { rows, activations: { layers }, cache } = run;
  embeddingForward(pass, { table: model.weights.embedding, token: rows.tokens }, layers[0]!.x);
  model.weights.layers.forEach((weights, i) => {
    const saved = layers[i]!;
    projectHeads(pass, model, { weights, saved, live: undefined });
    const { q, k, v, stats } = saved;
    const rope = { table: model.ropeTable, position: rows.positions };
    kvStore(pass, { ...rope, slot: cache.slots, q, k, v }, cache.layers[i]!);
    if (i === layers.length - 1) return;
    ropeForward(pass, rope, k);
    attentionForward(pass, { q, k, v, spans: rows.spans, stats }, saved.y);
    feedForward(pass, model, { weights, saved, live: undefined, keep: false });
    const down = { x: saved.gated, ...weights.down };
    linearForward(pass, down, layers[i + 1]!.x, { residual: saved.mid });
  });
}

/**
 * Encodes all that one layer saves, from its input `saved.x`: the layer but for its last product.
 *
 * @param run `index` is the layer's number; with a `cache` as in {@linkcode forward}; `keep` is whether the gate's two
 *   factors are wanted, as the backward pass does.
 */
export function forwardLayer(
  pass: Pass,
  model: Decoder,
  run: {
    rows: Rows;
    saved: LayerActivations;
    cache?: KeyValueCache | undefined;
    index: number;
    keep: boolean;
  },
): void {
  const { rows, saved, cache, index, keep } = run;
  const weights = model.weights.layers[index]!;
  const { live } = rows;
  attend(pass, model, { rows, weights, saved, live, cache, index });
  feedForward(pass, model, { weights, saved, live, keep });
}

/** What one layer's products read and write. */
interface LayerRun {
  readonly weights: LayerWeights;
  readonly saved: LayerActivations;
  readonly live: Tensor | undefined;
}

/** x -> xNorm -> q, k, v. */
function projectHeads(pass: Pass, model: Decoder, { weights, saved, live }: LayerRun): void {
  const { rmsNormEps: eps } = model.config;
  const { x, xNorm, xScale, norm32 } = saved;
  const { query, key, value } = weights;
  const norm = { x, gain: weights.inputNorm, r: xScale, y: xNorm, y32: norm32, eps };
  const input = { ...normalise(pass, norm, [query, key, value]), live };
  linearForward(pass, { ...input, ...query }, flat(saved.qRaw ?? saved.q, x));
  linearForward(pass, { ...input, ...key }, flat(saved.kRaw ?? saved.k, x));
  linearForward(pass, { ...input, ...value }, flat(saved.v, x));
  if (!weights.queryNorm || !weights.keyNorm) return;
  const q = { x: saved.qRaw!, gain: weights.queryNorm, r: saved.qScale! };
  const k = { x: saved.kRaw!, gain: weights.keyNorm, r: saved.kScale! };
  rmsnormForward(pass, q, reshape(saved.q, q.x.shape), { eps });
  rmsnormForward(pass, k, reshape(saved.k, k.x.shape), { eps });
}

/** x -> q, k, v -> y. */
function attend(
  pass: Pass,
  model: Decoder,
  run: LayerRun & { rows: Rows; cache: KeyValueCache | undefined; index: number },
): void {
  const { rows: { positions, spans }, saved: { q, k, v, y, stats }, cache, index } = run;
  const rope = { table: model.ropeTable, position: positions };
  if (!cache) {
    projectHeads(pass, model, run);
    ropeForward(pass, rope, q);
    ropeForward(pass, rope, k);
    attentionForward(pass, { q, k, v, spans, stats }, y);
    return;
  }
  const { keys, values } = cache.layers[index]!;
  storeHeads(pass, model, run, { ...rope, slot: cache.slots, cache: { keys, values } });
  attentionForward(pass, { q, k: keys, v: values, spans, stats }, y, { ownKeys: true });
}

/** x -> q and, in the cache, keys and values: in one dispatch where cache and weights are images. */
function storeHeads(
  pass: Pass,
  model: Decoder,
  run: LayerRun,
  to: RopeSaved & { slot: Tensor; cache: KeyValues },
): void {
  const { weights: { stacked, inputNorm: gain }, saved: { x, xNorm, xScale, q, k, v }, live } = run;
  const { cache: { keys, values }, ...place } = to;
  if (stacked && isImage(keys) && isImage(values)) {
    const norm = { x, gain, r: xScale, y: xNorm, eps: model.config.rmsNormEps };
    const input = normalise(pass, norm, [stacked]);
    headsImage(pass, { ...input, ...stacked, ...place, ...(live && { live }) }, {
      q,
      keys,
      values,
    });
    return;
  }
  projectHeads(pass, model, run);
  kvStore(pass, { ...place, q, k, v }, { keys, values });
}

/** y -> mid -> gated. */
function feedForward(pass: Pass, model: Decoder, run: LayerRun & { keep: boolean }): void {
  const { weights, saved, live, keep } = run;
  const { rmsNormEps: eps } = model.config;
  const { x, mid, midNorm, midScale, gateUp, gated } = saved;
  const y = attended(pass, saved);
  linearForward(pass, { x: flat(y, x), ...weights.output, live }, mid, { residual: x });
  const norm = { x: mid, gain: weights.mlpNorm, r: midScale, y: midNorm, y32: saved.norm32, eps };
  const gate = { ...normalise(pass, norm, [weights.gateUp]), ...weights.gateUp, live };
  store(pass, gated, saved.gated32, (y) => gatedLinearForward(pass, gate, { gateUp, y, keep }));
}

/**
 * Encodes a norm of rows and returns what the products behind it are to read: its result, or, in a decoding step whose
 * products can normalise on their way, what is to be normalised. Few rows cost less than a dispatch of their own.
 *
 * @param norm As {@linkcode rmsnormForward} has it; `y32` takes the result where `y` holds halves.
 * @param into The layers that read it.
 */
function normalise(
  pass: Pass,
  norm: { x: Tensor; gain: Tensor; r: Tensor; y: Tensor; y32?: Tensor | undefined; eps: number },
  into: readonly Pick<LinearSaved, "image">[],
): Pick<LinearSaved, "x" | "norm"> {
  const { x, gain, r, y, y32, eps } = norm;
  if (x.shape[0]! <= FEW_ROWS && into.every(({ image }) => image)) {
    return { x, norm: { gain, eps } };
  }
  store(pass, y, y32, (goal) => rmsnormForward(pass, { x, gain, r }, goal, { eps }));
  return { x: y };
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
