/**
 * What attention reads, and its sizes.
 *
 * @module
 */
import { expectShape, type Image, isImage, type Tensor } from "../gpu/mod.ts";

/** `ROWS * DIM` of the kernels at most: what the private arrays of one invocation hold. */
export const ROOM = 128;

/** What the forward pass reads and leaves behind for the backward pass. */
export interface AttentionSaved {
  /** (prefixStart, prefixEnd, start, end) of each query, u32 `[queries, 4]`. */
  spans: Tensor;
  /** Queries, `[queries, heads, dim]`. */
  q: Tensor;
  /** Keys, `[slots, kvHeads, dim]`. */
  k: Tensor;
  /** Values, `[slots, kvHeads, dim]`. */
  v: Tensor;
  /** Log-sum-exp of each query's scores and, in the backward pass, delta, `[queries, heads, 2]`. */
  stats: Tensor;
}

/** What the forward pass reads and writes; keys and values may be images where it decodes on a software adapter. */
export interface AttentionInput extends Omit<AttentionSaved, "k" | "v"> {
  /** Keys, `[slots, kvHeads, dim]`; an image has them head by head, `[kvHeads, slots, dim]`. */
  k: Tensor | Image;
  /** Values, of the same kind and shape. */
  v: Tensor | Image;
}

/**
 * Sizes of a call.
 *
 * @throws {ShapeError} If a shape disagrees with `q` or `k`.
 * @throws {RangeError} If the head length or the grouping is not supported.
 */
export function readSizes({ spans, q, k, v, stats }: AttentionInput) {
  const [queries, heads, dim] = q.shape as [number, number, number];
  const [slots, kvHeads] = (isImage(k) ? k.shape.slice(0, 2).toReversed() : k.shape) as [
    number,
    number,
  ];
  if (dim % 4 !== 0 || dim > ROOM || heads % kvHeads !== 0) {
    throw new RangeError(
      `Cannot attend with ${heads} heads of ${dim} over ${kvHeads} key heads: expected a multiple of 4 of at most ` +
        `${ROOM}, and as many queries for each key head`,
    );
  }
  expectShape("attention spans", spans, [queries, 4]);
  expectShape("attention k", k, [...k.shape.slice(0, 2), dim]);
  expectShape("attention v", v, k.shape);
  expectShape("attention stats", stats, [queries, heads, 2]);
  return { queries, slots, heads, kvHeads, dim };
}
