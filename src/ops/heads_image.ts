/**
 * Queries, keys and values of a decoding step in one dispatch, for software adapters: the product, the norm before it, the
 * rotation behind it, and the storing of keys and values.
 *
 * @module
 */
import source from "../../kernels/heads_image.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Image, type Pass, type Tensor } from "../gpu/mod.ts";
import type { LinearImageInput } from "./linear_image.ts";
import type { RowNorm } from "./rmsnorm.ts";
import type { RopeSaved } from "./rope.ts";

const kernel = defineKernel("heads_image", source);

/** Rows of a tile, and what the length of a head is a multiple of. */
const TILE = 32;

/** The layer of queries, keys and values, what it reads, and where its rows go. */
export interface HeadsImageInput extends Omit<LinearImageInput, "residual">, RopeSaved {
  /** By which `x` is normalised first. */
  readonly norm: RowNorm;
  /** Cache slot of each row, u32 `[rows]`; a row whose slot lies beyond the cache is left alone. */
  readonly slot: Tensor;
}

/** What is written. */
export interface HeadsImageOutput {
  /** Rotated queries, `[rows, heads, dim]`. */
  readonly q: Tensor;
  /** Rotated keys of the cache, `[keyHeads, slots, dim]`. */
  readonly keys: Image;
  /** Its values, `[keyHeads, slots, dim]`. */
  readonly values: Image;
}

/** Whether heads of a length can be made this way. */
export function stacksHeads(dim: number): boolean {
  return dim % TILE === 0;
}

/**
 * Encodes [queries, keys, values] = norm(x) weight^T (+ bias), q = rope(queries), keys[slot] = rope(keys) and
 * values[slot] = values.
 *
 * @param input `image` holds the weights of queries, keys and values one above the other,
 *   `[(heads + 2 * keyHeads) * dim, inputs]`.
 * @param output Overwritten but for rows that are not wanted and for slots that are not named.
 * @throws {ShapeError} If a shape disagrees with `x`, `q` or `keys`.
 * @throws {RangeError} If the length of a head is not a multiple of 32.
 */
export function headsImage(pass: Pass, input: HeadsImageInput, output: HeadsImageOutput): void {
  const { x, image, bias, norm, live, table, position, slot } = input;
  const { q, keys, values } = output;
  const { rows, inner, heads, dim, keyHeads, slots } = readSizes(input, output);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { DIM: dim, EPS: norm.eps, ...(live && { LISTED: 1 }) },
    params: {
      rows,
      inner,
      heads,
      key_heads: keyHeads,
      slots,
      add_bias: Number(bias !== undefined),
    },
    bind: {
      ...{ x, w: image, bias: bias ?? x, gain: norm.gain, live: live ?? x },
      ...{ table, position, slot, q, keys, values },
    },
    workgroups: [(heads + 2 * keyHeads) * dim / TILE, Math.ceil(rows / TILE), 1],
  });
}

function readSizes(input: HeadsImageInput, { q, keys, values }: HeadsImageOutput) {
  const { x, image, bias, norm, live, table, position, slot } = input;
  const [rows, inner] = x.shape as [number, number];
  const [, heads, dim] = q.shape as [number, number, number];
  const [keyHeads, slots] = keys.shape as [number, number];
  if (!stacksHeads(dim)) {
    throw new RangeError(`Cannot make heads of length ${dim}: expected a multiple of ${TILE}`);
  }
  const cols = (heads + 2 * keyHeads) * dim;
  expectShape("heads q", q, [rows, heads, dim]);
  expectShape("heads keys", keys, [keyHeads, slots, dim]);
  expectShape("heads values", values, [keyHeads, slots, dim]);
  expectShape("heads image", image, [cols, inner]);
  expectShape("heads table", table, [table.shape[0]!, dim]);
  expectShape("heads position", position, [rows]);
  expectShape("heads slot", slot, [rows]);
  expectShape("heads gain", norm.gain, [inner]);
  if (bias) expectShape("heads bias", bias, [cols]);
  if (live) expectShape("heads live", live, [rows + 1]);
  return { rows, inner, heads, dim, keyHeads, slots };
}
