/**
 * The decoder's forward pass where attention finds its keys in a cache that outlives the pass.
 *
 * On software adapters a dispatch costs as much as a small product. Where weights and cache are images, a layer of a
 * decoding step is three: queries, keys and values; attention; all that follows.
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
  type KvStoreInput,
  ropeForward,
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

/** One token of each sequence. */
export interface DecodeRows extends Rows {
  /** The rows that are wanted, and at the end their number, `[rows + 1]`; all without it. */
  readonly live?: Tensor;
}

/**
 * Encodes the layers only as far as keys and values of the rows depend on them: of the last layer nothing else is made.
 *
 * @param run `rows` is read, its spans name rows of this batch; `activations` and the rows' slots of `cache` are
 *   overwritten.
 */
export function fillCache(
  pass: Pass,
  model: Decoder,
  run: { rows: Rows; activations: Activations; cache: KeyValueCache },
): void {
  const { rows, activations: { layers }, cache } = run;
  embed(pass, model, rows, layers[0]!.x);
  model.weights.layers.forEach((weights, i) => {
    const layer = { weights, saved: layers[i]! };
    projectHeads(pass, model, layer);
    const { q, k, v, y, stats } = layer.saved;
    const rope = { table: model.ropeTable, position: rows.positions };
    kvStore(pass, { ...rope, slot: cache.slots, q, k, v }, cache.layers[i]!);
    if (i === layers.length - 1) return;
    ropeForward(pass, rope, k);
    attentionForward(pass, { q, k, v, spans: rows.spans, stats }, y);
    feedForward(pass, model, { ...layer, keep: false });
    feedOn(pass, layer, layers[i + 1]!.x);
  });
}

/**
 * Encodes all layers for one token of each sequence; the result is `activations.x`.
 *
 * @param run `rows` is read, its spans name slots of the cache; `activations` and the rows' slots of `cache` are
 *   overwritten. What becomes of rows that are not wanted is open.
 */
export function decodeStep(
  pass: Pass,
  model: Decoder,
  run: { rows: DecodeRows; activations: Activations; cache: KeyValueCache },
): void {
  const { rows, activations, cache } = run;
  const { layers } = activations;
  embed(pass, model, rows, layers[0]!.x);
  model.weights.layers.forEach((weights, i) => {
    const layer = { weights, saved: layers[i]!, live: rows.live };
    const { q, y, stats } = layer.saved;
    const { keys, values } = cache.layers[i]!;
    const place = { table: model.ropeTable, position: rows.positions, slot: cache.slots };
    storeHeads(pass, model, layer, { ...place, cache: { keys, values } });
    const known = { q, k: keys, v: values, spans: rows.spans, stats };
    attentionForward(pass, known, y, { ownKeys: true });
    const next = layers[i + 1]?.x ?? activations.x;
    if (feedForwardAtOnce(pass, model, layer, next)) return;
    feedForward(pass, model, { ...layer, keep: false });
    feedOn(pass, layer, next);
  });
}

/** One layer of a decoding step. */
interface DecodeLayer extends LayerRun {
  readonly live: Tensor | undefined;
}

/** x -> q and, in the cache, keys and values: in one dispatch where cache and weights are images. */
function storeHeads(
  pass: Pass,
  model: Decoder,
  layer: DecodeLayer,
  to: Pick<KvStoreInput, "table" | "position" | "slot"> & { cache: KeyValues },
): void {
  const { weights: { stacked, inputNorm: gain }, saved: { x, q, k, v }, live } = layer;
  const { cache: { keys, values }, ...place } = to;
  if (stacked && isImage(keys) && isImage(values)) {
    const norm = { gain, eps: model.config.rmsNormEps };
    const input = { x, norm, ...stacked, ...place, ...(live && { live }) };
    return headsImage(pass, input, { q, keys, values });
  }
  projectHeads(pass, model, layer);
  kvStore(pass, { ...place, q, k, v }, { keys, values });
}

/** y -> the layer's output in one dispatch, if the weights are images and it takes the place of the layer's input. */
function feedForwardAtOnce(pass: Pass, model: Decoder, layer: DecodeLayer, next: Tensor): boolean {
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
