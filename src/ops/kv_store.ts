/**
 * Keys and values of new tokens into the cache, keys rotated to their position on the way; the tokens' queries are rotated
 * with them.
 *
 * Forward only: the cache belongs to sampling.
 *
 * @module
 */
import source from "../../kernels/kv_store.wgsl" with { type: "text" };
import imageSource from "../../kernels/kv_store_image.wgsl" with { type: "text" };
import {
  defineKernel,
  expectShape,
  type Image,
  isImage,
  type Pass,
  type Tensor,
} from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";
import type { RopeSaved } from "./rope.ts";

const kernel = defineKernel("kv_store", source);
const imageKernel = defineKernel("kv_store_image", imageSource);

/** New tokens and where they go. */
export interface KvStoreInput extends RopeSaved {
  /** Queries, `[rows, heads, dim]`, rotated in place. */
  q: Tensor;
  /** Keys before rotation, `[rows, keyHeads, dim]`. */
  k: Tensor;
  /** Values, `[rows, keyHeads, dim]`. */
  v: Tensor;
  /** Cache slot of each row, u32 `[rows]`; a row whose slot lies beyond the cache is left alone. */
  slot: Tensor;
}

/**
 * Keys and values that outlive a pass, both of one kind: tensors, `[slots, keyHeads, dim]`, or images, which have them
 * head by head, `[keyHeads, slots, dim]`, as decoding reads them.
 */
export interface KeyValues {
  /** Rotated keys. */
  readonly keys: Tensor | Image;
  /** Values. */
  readonly values: Tensor | Image;
}

/**
 * Encodes q <- rope(q), keys[slot] = rope(k) and values[slot] = v.
 *
 * @param cache Slots not named keep what they hold.
 * @throws {ShapeError} If a shape disagrees with `q`, with `k` or with `keys`.
 */
export function kvStore(pass: Pass, input: KvStoreInput, { keys, values }: KeyValues): void {
  const { table, position, slot, q, k, v } = input;
  const [rows, heads, dim] = q.shape as [number, number, number];
  const keyHeads = k.shape[1]!;
  const image = isImage(keys);
  const slots = keys.shape[image ? 1 : 0]!;
  const cached = image ? [keyHeads, slots, dim] : [slots, keyHeads, dim];
  expectShape("kv_store table", table, [table.shape[0]!, dim]);
  expectShape("kv_store position", position, [rows]);
  expectShape("kv_store slot", slot, [rows]);
  expectShape("kv_store k", k, [rows, keyHeads, dim]);
  expectShape("kv_store v", v, [rows, keyHeads, dim]);
  expectShape("kv_store keys", keys, cached);
  expectShape("kv_store values", values, cached);
  const WG = rowWorkgroup(pass.adapter);
  pass.dispatch(image ? imageKernel : kernel, {
    entryPoint: "forward",
    overrides: image ? { WG, DIM: dim } : { WG },
    params: { rows, heads, key_heads: keyHeads, slots, ...(!image && { dim }) },
    bind: { table, position, slot, q, k, v, keys, values },
    workgroups: rows,
  });
}
