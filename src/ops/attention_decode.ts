/**
 * Attention in decoding, where most keys of a query are its own: on GPUs a workgroup divides the keys of one query, on
 * software adapters eight lanes read them from images.
 *
 * Dao et al. 2023 (Flash-Decoding).
 *
 * @module
 */
import decodeSource from "../../kernels/attention_decode.wgsl" with { type: "text" };
import imageSource from "../../kernels/attention_image.wgsl" with { type: "text" };
import {
  type AdapterInfo,
  defineKernel,
  imageFits,
  isImage,
  type Pass,
  type Tensor,
} from "../gpu/mod.ts";
import type { AttentionOptions } from "./attention.ts";
import { type AttentionInput, readSizes } from "./attention_sizes.ts";

const decode = defineKernel("attention_decode", decodeSource);
const image = defineKernel("attention_image", imageSource);

/** Invocations that divide the keys of a query. */
const WG = 64;
/** Lanes that share a query of the kernel that reads images. */
const LANES = 8;
/** Most heads of a group that one workgroup serves. */
const MOST_GROUP = 8;
/** Rows, each a head of a query, and queries that the eight lanes serve at most: more would not stay in registers. */
const [MOST_ROWS, MOST_QUERIES] = [8, 4];

/** Whether a cache of keys or values, `[kvHeads, slots, dim]`, should be an image: it is then read only by decoding. */
export function cachesImages(
  adapter: AdapterInfo,
  shape: readonly [kvHeads: number, slots: number, dim: number],
  heads: number,
): boolean {
  const [kvHeads, , dim] = shape;
  return adapter.software && adapter.subgroupSize >= LANES && dim % (4 * LANES) === 0 &&
    heads / kvHeads <= MOST_GROUP && imageFits(adapter, shape);
}

/** Whether a kernel for decoding is asked for, or it is the best and can serve the group. */
export function decodes(
  adapter: AdapterInfo,
  { q, k }: AttentionInput,
  { variant, ownKeys = false }: AttentionOptions,
): boolean {
  const group = q.shape[1]! / k.shape[1]!;
  return isImage(k) || variant === "decode" ||
    variant === undefined && ownKeys && !adapter.software && group <= MOST_GROUP;
}

/**
 * Encodes y and stats as {@linkcode attentionForward} does.
 *
 * @throws {ShapeError} If a shape disagrees with `q` or `k`.
 * @throws {RangeError} If the head length or the grouping is not supported.
 */
export function encodeDecode(
  pass: Pass,
  saved: AttentionInput,
  y: Tensor,
  { workgroup = WG }: AttentionOptions,
): void {
  const { spans, q, k, v, stats } = saved;
  const { queries, slots, heads, kvHeads, dim } = readSizes(saved);
  const group = heads / kvHeads;
  if (group > MOST_GROUP) {
    throw new RangeError(
      `Cannot decode with ${group} heads a key head: expected at most ${MOST_GROUP}`,
    );
  }
  const sizes = { queries, slots, heads, scale: 1 / Math.sqrt(dim) };
  const shape = { DIM: dim, GROUP: group };
  const bind = { spans, q, k, v, y, stats };
  if (!isImage(k)) {
    return pass.dispatch(decode, {
      entryPoint: "forward",
      overrides: { WG: workgroup, ...shape },
      params: sizes,
      bind,
      workgroups: queries * kvHeads,
    });
  }
  const block = Math.min(MOST_QUERIES, Math.floor(MOST_ROWS / group));
  pass.dispatch(image, {
    entryPoint: "forward",
    overrides: { QUERIES: block, ...shape },
    params: { ...sizes, parts: 2, block },
    bind,
    workgroups: [kvHeads, Math.ceil(queries / block), 1],
  });
}
