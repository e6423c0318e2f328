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

/** One layer of a run. */
interface CachedLayer extends LayerRun {
  readonly rows: DecodeRows;
  /** Where each row's key and value are stored. */
  readonly slot: Tensor;
  readonly stored: KeyValues;
  /** Where the layer's output goes. */
  readonly next: Tensor;
}

/** Encodes the layers only as far as keys and values of the rows depend on them: of the last one nothing else is made. */
export function fillCache(pass: Pass, model: Decoder, run: CachedRun): void {
  const layers = openLayers(pass, model, run);
  for (const layer of layers.slice(0, -1)) runLayer(pass, model, layer, { ownKeys: false });
  storeHeads(pass, model, layers.at(-1)!);
}

/**
 * Encodes all layers for one token of each sequence; the result is `activations.x`. What becomes of rows that are not
 * wanted is open.
 */
export function decodeStep(pass: Pass, model: Decoder, run: CachedRun): void {
  for (const layer of openLayers(pass, model, run)) runLayer(pass, model, layer, { ownKeys: true });
}

/** Encodes the input of the lowest layer, and says what each layer reads and writes. */
function openLayers(pass: Pass, model: Decoder, run: CachedRun): CachedLayer[] {
  const { rows, activations: { layers, x }, cache } = run;
  embed(pass, model, rows, layers[0]!.x);
  return layers.map((saved, i) => ({
    ...{ rows, saved, slot: cache.slots, stored: cache.layers[i]! },
    weights: model.weights.layers[i]!,
    next: layers[i + 1]?.x ?? x,
  }));
}

/** x -> the layer's output; `ownKeys` is whether every row has keys of its own. */
function runLayer(
  pass: Pass,
  model: Decoder,
  layer: CachedLayer,
  options: { ownKeys: boolean },
): void {
  const { rows: { spans }, saved: { q, y, stats }, stored: { keys, values } } = layer;
  storeHeads(pass, model, layer);
  attentionForward(pass, { q, k: keys, v: values, spans, stats }, y, options);
  if (feedForwardAtOnce(pass, model, layer)) return;
  feedForward(pass, model, { ...layer, keep: false });
  feedOn(pass, layer, layer.next);
}

/** x -> q and, in the cache, keys and values: in one dispatch where cache and weights are images. */
function storeHeads(pass: Pass, model: Decoder, layer: CachedLayer): void {
  const { rows: { positions: position, live }, weights, saved: { x, q, k, v }, slot } = layer;
  const { stored: { keys, values } } = layer;
  const { stacked, inputNorm: gain } = weights;
  const place = { table: model.ropeTable, position, slot };
  if (stacked && isImage(keys) && isImage(values)) {
    const norm = { gain, eps: model.config.rmsNormEps };
    const input = { x, norm, ...stacked, ...place, ...(live && { live }) };
    return headsImage(pass, input, { q, keys, values });
  }
  projectHeads(pass, model, layer);
  kvStore(pass, { ...place, q, k, v }, { keys, values });
}

/** y -> the layer's output in one dispatch, if the weights are images and it takes the place of the layer's input. */
function feedForwardAtOnce(pass: Pass, model: Decoder, layer: CachedLayer): boolean {
  const { rows: { live }, weights: { output, gateUp, down, mlpNorm: gain }, saved, next } = layer;
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
