/**
 * Causal attention with grouped queries over packed sequences, without a matrix of scores.
 *
 * Query n attends to the keys [prefixStart, prefixEnd) and [start, end) of its spans: a prompt that several sequences
 * share, then its own sequence up to itself. The same kernel decodes: there queries are new tokens and keys are cache
 * slots.
 *
 * Vaswani et al. 2017 (arXiv:1706.03762), equation 1; Milakov & Gimelshein 2018 (arXiv:1805.02867), algorithm 3;
 * Dao et al. 2022 (arXiv:2205.14135), algorithm 4.
 *
 * @module
 */
import keysSource from "../../kernels/attention_keys.wgsl" with { type: "text" };
import source from "../../kernels/attention.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";

const kernel = defineKernel("attention", source);
const keysKernel = defineKernel("attention_keys", keysSource);

/** `ROWS * DIM` of the kernels at most: what the private arrays of one invocation hold. */
const ROOM = 128;

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

/** How a pass is laid out; the result depends on neither but for rounding. */
export interface AttentionOptions {
  /** Invocations per workgroup. */
  workgroup?: number;
  /** Rows of one invocation, 1 to 4; fewer where a head is long. */
  rows?: number;
}

/**
 * Encodes y = softmax(q k' / sqrt(dim)) v over each query's spans, and stats.
 *
 * @param saved `stats` is written, the rest is read.
 * @param y Output, `[queries, heads, dim]`.
 * @throws {ShapeError} If a shape disagrees with `q` or `k`.
 * @throws {RangeError} If the head length or the grouping is not supported.
 */
export function attentionForward(
  pass: Pass,
  saved: AttentionSaved,
  y: Tensor,
  options: AttentionOptions = {},
): void {
  const { spans, q, k, v, stats } = saved;
  const plan = planAttention(saved, options);
  expectShape("attention y", y, q.shape);
  pass.dispatch(kernel, {
    ...plan.call,
    entryPoint: "forward",
    bind: { spans, q, k, v, y, stats },
    workgroups: plan.groups(plan.queries * plan.group),
  });
}

/**
 * Encodes dq, dk and dv (all overwritten) from dy. Needs a key per query, in the same order.
 *
 * @param saved As filled by {@linkcode attentionForward}, with `reach` u32 `[slots]`: key j is seen by exactly the
 *   queries in [j, reach[j]); and the output `y`.
 * @param grads `dy` is read, `dq`, `dk` and `dv` are written, shaped as `q`, `k` and `v`.
 * @throws {ShapeError} If a shape disagrees with `q` or `k`.
 * @throws {RangeError} If the head length or the grouping is not supported.
 */
export function attentionBackward(
  pass: Pass,
  saved: AttentionSaved & { reach: Tensor; y: Tensor },
  grads: { dy: Tensor; dq: Tensor; dk: Tensor; dv: Tensor },
  options: AttentionOptions = {},
): void {
  const { spans, reach, q, k, v, y, stats } = saved;
  const { dy, dq, dk, dv } = grads;
  const plan = planAttention(saved, options);
  expectShape("attention k", k, [plan.queries, ...k.shape.slice(1)]);
  expectShape("attention reach", reach, [plan.queries]);
  for (const [name, tensor] of Object.entries({ y, dy, dq })) {
    expectShape(`attention ${name}`, tensor, q.shape);
  }
  expectShape("attention dk", dk, k.shape);
  expectShape("attention dv", dv, k.shape);
  pass.dispatch(keysKernel, {
    ...plan.call,
    entryPoint: "backward_delta",
    bind: { y, dy, stats },
    workgroups: Math.ceil(plan.queries * plan.call.params.heads / plan.call.overrides.WG),
  });
  pass.dispatch(kernel, {
    ...plan.call,
    entryPoint: "backward_dq",
    bind: { spans, q, k, v, stats, dy, dq },
    workgroups: plan.groups(plan.queries * plan.group),
  });
  pass.dispatch(keysKernel, {
    ...plan.call,
    entryPoint: "backward_dkv",
    bind: { reach, q, k, v, stats, dy, dk, dv },
    workgroups: plan.groups(plan.queries),
  });
}

function planAttention(saved: AttentionSaved, { workgroup = 8, rows = 4 }: AttentionOptions) {
  const { spans, q, k, v, stats } = saved;
  const [queries, heads, dim] = q.shape as [number, number, number];
  const [slots, kvHeads] = k.shape as [number, number];
  if (dim % 4 !== 0 || dim > ROOM || heads % kvHeads !== 0) {
    throw new RangeError(
      `Cannot attend with ${heads} heads of ${dim} over ${kvHeads} key heads: expected a multiple of 4 of at most ` +
        `${ROOM}, and as many queries for each key head`,
    );
  }
  expectShape("attention spans", spans, [queries, 4]);
  expectShape("attention k", k, [slots, kvHeads, dim]);
  expectShape("attention v", v, [slots, kvHeads, dim]);
  expectShape("attention stats", stats, [queries, heads, 2]);
  const group = heads / kvHeads;
  const block = Math.min(rows, Math.floor(ROOM / dim));
  return {
    queries,
    group,
    call: {
      overrides: { WG: workgroup, DIM: dim, ROWS: block },
      params: { queries, slots, heads, group, rows: block, scale: 1 / Math.sqrt(dim) },
    },
    groups: (count: number) => Math.ceil(Math.ceil(count / block) * kvHeads / workgroup),
  };
}
