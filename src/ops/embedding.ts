/**
 * Rows of an embedding table by token.
 *
 * The backward pass is driven by an index that the host makes once per batch, so that each table row has one owner and
 * the order of its sum is fixed.
 *
 * @module
 */
import source from "../../kernels/embedding.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, rowBlocks, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("embedding", source);

/** Which rows hold which token: rows `order[start[v]]` to `order[start[v + 1] - 1]` hold token `v`. */
export interface TokenIndex {
  /** Rows sorted by token, then by position, `[rows]`. */
  order: Uint32Array<ArrayBuffer>;
  /** First entry of each token in `order`, `[vocab + 1]`. */
  start: Uint32Array<ArrayBuffer>;
}

/**
 * Sorts the rows of a batch by token (counting sort).
 *
 * @throws {RangeError} If a token is not below `vocab`.
 */
export function indexTokens(tokens: ArrayLike<number>, vocab: number): TokenIndex {
  const start = new Uint32Array(vocab + 1);
  for (let t = 0; t < tokens.length; t++) {
    const token = tokens[t]!;
    if (!(token < vocab)) {
      throw new RangeError(`Cannot index tokens: token ${token} at ${t} is not below ${vocab}`);
    }
    start[token + 1]!++;
  }
  for (let v = 0; v < vocab; v++) start[v + 1]! += start[v]!;
  const next = start.slice();
  const order = new Uint32Array(tokens.length);
  for (let t = 0; t < tokens.length; t++) order[next[tokens[t]!]!++] = t;
  return { order, start };
}

/**
 * Encodes x[t] = table[token[t]].
 *
 * @param saved `table` `[vocab, cols]`, which may be in blocks, and `token` u32 `[rows]` are read.
 * @param x Output, `[rows, cols]`.
 * @throws {ShapeError} If a shape disagrees.
 */
export function embeddingForward(
  pass: Pass,
  saved: { table: Tensor; token: Tensor },
  x: Tensor,
): void {
  const { table, token } = saved;
  const cols = table.shape[1]!;
  const [rows] = token.shape as [number];
  expectShape("embedding x", x, [rows, cols]);
  for (const { tensor: block, first } of rowBlocks(table)) {
    pass.dispatch(kernel, {
      entryPoint: "forward",
      overrides: { WG: rowWorkgroup(pass.adapter) },
      params: { rows, cols, count: block.shape[0]!, first },
      bind: { table: block, token, x },
      workgroups: rows,
    });
  }
}

/**
 * Encodes dtable[v] += the sum of dx over the rows that hold token v.
 *
 * @param saved `order` u32 `[rows]` and `start` u32 `[vocab + 1]`, as made by {@linkcode indexTokens}.
 * @param grads `dx` `[rows, cols]` is read, `dtable` `[vocab, cols]`, which may be in blocks, is accumulated.
 * @throws {ShapeError} If a shape disagrees.
 */
export function embeddingBackward(
  pass: Pass,
  saved: { order: Tensor; start: Tensor },
  grads: { dx: Tensor; dtable: Tensor },
): void {
  const { order, start } = saved;
  const { dx, dtable } = grads;
  const [vocab, cols] = dtable.shape as [number, number];
  const [rows] = order.shape as [number];
  expectShape("embedding start", start, [vocab + 1]);
  expectShape("embedding dx", dx, [rows, cols]);
  for (const { tensor: block, first } of rowBlocks(dtable)) {
    const count = block.shape[0]!;
    pass.dispatch(kernel, {
      entryPoint: "backward_dtable",
      overrides: { WG: rowWorkgroup(pass.adapter) },
      params: { rows, cols, count, first },
      bind: { order, start, dx, dtable: block },
      workgroups: count,
    });
  }
}
