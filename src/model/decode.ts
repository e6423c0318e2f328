/**
 * The decoder's forward pass where attention finds its keys in a cache that outlives the pass.
 *
 * On software adapters a dispatch costs as much as a small product. Where weights and cache are images, a layer is three:
 * queries, keys and values; attention; all that follows.
 *
 * @module
 */
import { isImage, type Pass, type Tensor } from "../gpu/mod.ts";
import {
  attentionForward,
  feedForwardImage,
  headsImage,
  type KeyValues,
  kvStore,
} from "../ops/mod.ts";
import type { Activations } from "./activations.ts";
import {
  embed,
  feedForward,
  feedOn,
  flat,
  type LayerRun,
  projectHeads,
  type Rows,
} from "./forward.ts";
import type { Decoder } from "./model.ts";

/** A cache of keys and values, one pair a layer. */
export interface KeyValueCache {
  /** Rotated keys and values of each layer. */
  readonly layers: readonly KeyValues[];
  /** Where each row's key and value are stored, `[rows]`. */
  readonly slots: Tensor;
}

/** Rows of tokens that find their keys in the cache. */
export interface DecodeRows extends Rows {
  /** The rows that are wanted, and at the end their number, `[rows + 1]`; all without it. */
  readonly live?: Tensor;
}

/** Rows to run with a cache; `rows` is read, its spans name slots; `activations` and the rows' slots are overwritten. */
interface CachedRun {
  readonly rows: DecodeRows;
  readonly activations: Activations;
  readonly cache: KeyValueCache;
}

/** Encodes the layers only as far as keys and values of the rows depend on them: of the last one nothing else is made. */
export function fillCache(pass: Pass, model: Decoder, run: CachedRun): void {
  const { rows, activations: { layers } } = run;
  embed(pass, model, rows, layers[0]!.x);
  layers.forEach((_, index) => {
    const last = index === layers.length - 1;
    if (last) storeHeads(pass, model, { ...run, index });
    else runLayer(pass, model, { ...run, index, ownKeys: false });
  });
}

/**
 * Encodes all layers for one token of each sequence; the result is `activations.x`. What becomes of rows that are not
 * wanted is open.
 */
export function decodeStep(pass: Pass, model: Decoder, run: CachedRun): void {
  const { rows, activations: { layers } } = run;
  embed(pass, model, rows, layers[0]!.x);
  layers.forEach((_, index) => runLayer(pass, model, { ...run, index, ownKeys: true }));
}

/** x -> the input of the next layer; `ownKeys` is whether every row has keys of its own. */
function runLayer(pass: Pass, model: Decoder, run: LayerOf & { ownKeys: boolean }): void {
  const { rows: { spans }, activations: { layers, x }, cache, index, ownKeys } = run;
  const layer = { weights: model.weights.layers[index]!, saved: layers[index]! };
  const { q, y, stats } = layer.saved;
  const { keys, values } = cache.layers[index]!;
  storeHeads(pass, model, run);
  attentionForward(pass, { q, k: keys, v: values, spans, stats }, y, { ownKeys });
  const next = layers[index + 1]?.x ?? x;
  if (feedForwardAtOnce(pass, model, { ...layer, live: run.rows.live }, next)) return;
  feedForward(pass, model, { ...layer, keep: false });
  feedOn(pass, layer, next);
}

/** One layer of a run. */
type LayerOf = CachedRun & { readonly index: number };

/** x -> q and, in the cache, keys and values: in one dispatch where cache and weights are images. */
function storeHeads(pass: Pass, model: Decoder, run: LayerOf): void {
  const { rows: { positions: position, live }, activations: { layers }, cache, index } = run;
  const layer = { weights: model.weights.layers[index]!, saved: layers[index]! };
  const { weights: { stacked, inputNorm: gain }, saved: { x, q, k, v } } = layer;
  const { keys, values } = cache.layers[index]!;
  const place = { table: model.ropeTable, position, slot: cache.slots };
  if (stacked && isImage(keys) && isImage(values)) {
    const norm = { gain, eps: model.config.rmsNormEps };
    const input = { x, norm, ...stacked, ...place, ...(live && { live }) };
    return headsImage(pass, input, { q, keys, values });
  }
  projectHeads(pass, model, layer);
  kvStore(pass, { ...place, q, k, v }, { keys, values });
}

/** y -> the layer's output in one dispatch, if the weights are images and it takes the place of the layer's input. */
function feedForwardAtOnce(
  pass: Pass,
  model: Decoder,
  layer: LayerRun & { live: Tensor | undefined },
  next: Tensor,
): boolean {
  const { weights: { output, gateUp, down, mlpNorm: gain }, saved, live } = layer;
  const { x, y, midNorm, gated } = saved;
  const biased = output.bias ?? gateUp.bias ?? down.bias;
  if (!output.image || !gateUp.image || !down.image || biased || next.buffer !== x.buffer) {
    return false;
  }
  const images = { output: output.image, gateUp: gateUp.image, down: down.image };
  const norm = { gain, eps: model.config.rmsNormEps };
  const input = { y: flat(y, x), norm, ...images, ...(live && { live }) };
  feedForwardImage(pass, input, { x, midNorm, gated });
  return true;
}
