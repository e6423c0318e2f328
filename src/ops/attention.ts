/**
 * Causal attention with grouped queries over packed sequences, without a matrix of scores.
 *
 * Query n attends to the keys [prefixStart, prefixEnd) and [start, end) of its spans: a prompt that several sequences
 * share, then its own sequence up to itself. The same operation decodes: there queries are new tokens and keys are cache
 * slots. On GPUs decoding has a kernel of its own, in which a workgroup divides the keys of one query.
 *
 * Vaswani et al. 2017 (arXiv:1706.03762), equation 1; Milakov & Gimelshein 2018 (arXiv:1805.02867), algorithm 3;
 * Dao et al. 2022 (arXiv:2205.14135), algorithm 4; Dao et al. 2023 (Flash-Decoding).
 *
 * @module
 */
import broadcastSource from "../../kernels/attention_broadcast.wgsl" with { type: "text" };
import broadcastDkvSource from "../../kernels/attention_broadcast_dkv.wgsl" with { type: "text" };
import broadcastDqSource from "../../kernels/attention_broadcast_dq.wgsl" with { type: "text" };
import keysSource from "../../kernels/attention_keys.wgsl" with { type: "text" };
import source from "../../kernels/attention.wgsl" with { type: "text" };
import { type AdapterInfo, defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { decodes, encodeDecode } from "./attention_decode.ts";
import { type AttentionInput, type AttentionSaved, readSizes, ROOM } from "./attention_sizes.ts";

const plain = defineKernel("attention", source);
const plainKeys = defineKernel("attention_keys", keysSource);
const broadcast = defineKernel("attention_broadcast", broadcastSource);
const broadcastDq = defineKernel("attention_broadcast_dq", broadcastDqSource);
const broadcastDkv = defineKernel("attention_broadcast_dkv", broadcastDkvSource);

/** Lanes of one block of the broadcast kernels. */
const LANES = 8;
/** Fewer queries than this are a decoding step: most of their keys are their own, so that few rows share a load. */
const FEW = 512;
/** Invocations per workgroup of `backward_delta`. */
const DELTA_WG = 64;

/**
 * Rows of one invocation where there are many: what is loaded serves them all. Four of the passes owned by queries take
 * a second longer to compile and save a few milliseconds a step.
 */
const MANY_ROWS = { forward: 2, ["backward_dq"]: 2, ["backward_dkv"]: 4 };

/** How a pass is laid out; the result depends on none of it but for rounding. By default the adapter decides. */
export interface AttentionOptions {
  /**
   * `broadcast`: blocks of rows visit keys together; `decode`: a workgroup divides the keys of a query, forward only;
   * `plain`: every invocation for itself.
   */
  variant?: "plain" | "broadcast" | "decode";
  /** Whether most keys of a query are seen by no other, as in decoding. */
  ownKeys?: boolean;
  /** Invocations per workgroup of the plain and the decoding variant. */
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
  saved: AttentionInput,
  y: Tensor,
  options: AttentionOptions = {},
): void {
  expectShape("attention y", y, saved.q.shape);
  if (decodes(pass.adapter, saved, options)) {
    encodeDecode(pass, saved, y, options);
    return;
  }
  const { spans, q, k, v, stats } = saved;
  const plan = planAttention(pass.adapter, saved, { ...options, entryPoint: "forward" });
  pass.dispatch(plan.broadcast ? broadcast : plain, {
    ...plan.call,
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
  const plan = planAttention(pass.adapter, saved, { ...options, entryPoint: "backward_dq" });
  const keys = planAttention(pass.adapter, saved, { ...options, entryPoint: "backward_dkv" });
  expectShape("attention k", k, [plan.queries, ...k.shape.slice(1)]);
  expectShape("attention reach", reach, [plan.queries]);
  for (const [name, tensor] of Object.entries({ y, dy, dq })) {
    expectShape(`attention ${name}`, tensor, q.shape);
  }
  expectShape("attention dk", dk, k.shape);
  expectShape("attention dv", dv, k.shape);
  pass.dispatch(plainKeys, {
    params: plan.call.params,
    entryPoint: "backward_delta",
    overrides: { WG: DELTA_WG, DIM: plan.dim },
    bind: { y, dy, stats },
    workgroups: Math.ceil(plan.queries * plan.heads / DELTA_WG),
  });
  pass.dispatch(plan.broadcast ? broadcastDq : plain, {
    ...plan.call,
    bind: { spans, q, k, v, stats, dy, dq },
    workgroups: plan.groups(plan.queries * plan.group),
  });
  pass.dispatch(keys.broadcast ? broadcastDkv : plainKeys, {
    ...keys.call,
    bind: { reach, q, k, v, stats, dy, dk, dv },
    workgroups: keys.groups(keys.queries),
  });
}

/** Sizes of a call after checking them, and its grid. */
function planAttention(
  adapter: AdapterInfo,
  saved: AttentionInput,
  options: AttentionOptions & { readonly entryPoint: keyof typeof MANY_ROWS },
) {
  const { queries, slots, heads, kvHeads, dim } = readSizes(saved);
  const able = adapter.subgroupSize >= LANES && dim % 32 === 0;
  const best = able && adapter.software ? "broadcast" : "plain";
  const variant = options.variant === "decode" ? best : options.variant ?? best;
  const { workgroup = adapter.software ? 8 : 64, entryPoint } = options;
  const together = queries < FEW ? 1 : MANY_ROWS[entryPoint];
  const { rows = variant === "broadcast" ? together : adapter.software ? 4 : 1 } = options;
  const group = heads / kvHeads;
  const block = Math.min(rows, Math.floor(ROOM / dim));
  const shape = { DIM: dim, ROWS: block };
  return {
    queries,
    heads,
    dim,
    group,
    broadcast: variant === "broadcast",
    call: {
      entryPoint,
      overrides: variant === "broadcast" ? shape : { ...shape, WG: workgroup },
      params: { queries, slots, heads, group, rows: block, scale: 1 / Math.sqrt(dim) },
    },
    groups: (count: number) =>
      variant === "broadcast"
        ? Math.ceil(count / (block * LANES)) * kvHeads
        : Math.ceil(Math.ceil(count / block) * kvHeads / workgroup),
  };
}
