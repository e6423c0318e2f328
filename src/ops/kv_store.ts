/**
 * Keys and values of new tokens into the cache: keys rotated to their position on the way.
 *
 * Forward only: the cache belongs to sampling.
 *
 * @module
 */
import source from "../../kernels/kv_store.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";
import type { RopeSaved } from "./rope.ts";

const kernel = defineKernel("kv_store", source);

/** New tokens and where they go. */
export interface KvStoreInput extends RopeSaved {
  /** Keys before rotation, `[rows, heads, dim]`. */
  k: Tensor;
  /** Values, `[rows, heads, dim]`. */
  v: Tensor;
  /** Cache slot of each row, u32 `[rows]`; a row whose slot lies beyond the cache is not stored. */
  slot: Tensor;
}

/**
 * Encodes keys[slot] = rope(k) and values[slot] = v.
 *
 * @param cache `keys` and `values`, `[slots, heads, dim]`; slots not named keep what they hold.
 * @throws {ShapeError} If a shape disagrees with `k` or with `keys`.
 */
export function kvStore(
  pass: Pass,
  input: KvStoreInput,
  cache: { keys: Tensor; values: Tensor },
): void {
  const { table, position, slot, k, v } = input;
  const { keys, values } = cache;
  const [rows, heads, dim] = k.shape as [number, number, number];
  const slots = keys.shape[0]!;
  expectShape("kv_store table", table, [table.shape[0]!, dim]);
  expectShape("kv_store position", position, [rows]);
  expectShape("kv_store slot", slot, [rows]);
  expectShape("kv_store v", v, [rows, heads, dim]);
  expectShape("kv_store keys", keys, [slots, heads, dim]);
  expectShape("kv_store values", values, [slots, heads, dim]);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG: rowWorkgroup(pass.adapter) },
    params: { rows, heads, dim, slots },
    bind: { table, position, slot, k, v, keys, values },
    workgroups: rows,
  });
}
