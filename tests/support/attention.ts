/**
 * Attention on random inputs, on the GPU and by its reference.
 *
 * @module
 */
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import {
  attentionBackward,
  attentionForward,
  type AttentionOptions,
} from "../../src/ops/attention.ts";
import * as reference from "../reference/attention.ts";
import { assertClose } from "./compare.ts";
import { exchangeAxes, imageFrom } from "./images.ts";
import { float64, normals } from "./inputs.ts";

type Shape = reference.AttentionShape;

/** Queries, keys, values and a gradient. */
export function inputs(shape: Shape) {
  const { queries, slots, heads, kvHeads, dim } = shape;
  const rng = rngStream(3, "attention", ...Object.values(shape));
  return {
    q: normals(rng, queries * heads * dim),
    k: normals(rng, slots * kvHeads * dim),
    v: normals(rng, slots * kvHeads * dim),
    dy: normals(rng, queries * heads * dim),
  };
}

/** Forward and twice backward on the GPU: what overwrites is not changed by the second time. */
export async function run(
  gpu: Gpu,
  shape: Shape,
  packed: { spans: Uint32Array<ArrayBuffer>; reach?: Uint32Array<ArrayBuffer> },
  options: AttentionOptions & { images?: boolean } = {},
  input = inputs(shape),
) {
  const { queries, slots, heads, kvHeads, dim } = shape;
  const [rows, keys] = [[queries, heads, dim], [slots, kvHeads, dim]] as const;
  const q = gpu.from("q", rows, input.q);
  const k = gpu.from("k", keys, input.k);
  const v = gpu.from("v", keys, input.v);
  const dy = gpu.from("dy", rows, input.dy);
  const spans = gpu.from("spans", [queries, 4], packed.spans);
  const stats = gpu.tensor("stats", [queries, heads, 2]);
  const [y, dq] = [gpu.tensor("y", rows), gpu.tensor("dq", rows)];
  const [dk, dv] = [gpu.tensor("dk", keys), gpu.tensor("dv", keys)];
  const image = (name: "k" | "v") =>
    imageFrom(gpu, name, [kvHeads, slots, dim], exchangeAxes(input[name], keys));
  const images = options.images ? { k: image("k"), v: image("v") } : {};
  const pass = gpu.pass("attention");
  attentionForward(pass, { spans, q, k, v, stats, ...images }, y, options);
  if (packed.reach) {
    const reach = gpu.from("reach", [slots], packed.reach);
    const saved = { spans, q, k, v, stats, reach, y };
    for (let i = 0; i < 2; i++) attentionBackward(pass, saved, { dy, dq, dk, dv }, options);
  }
  pass.submit();
  const read = await gpu.readAll([y, stats, dq, dk, dv]);
  gpu.release(q, k, v, dy, spans, stats, y, dq, dk, dv, ...Object.values(images));
  return { y: read[0]!, stats: read[1]!, dq: read[2]!, dk: read[3]!, dv: read[4]! };
}

/** Compares y, and the log-sum-exp of rows that see a key, with the reference. */
export function checkForward(
  shape: Shape,
  spans: Uint32Array,
  actual: { y: ArrayLike<number>; stats: ArrayLike<number> },
): void {
  const input = inputs(shape);
  const { y, lse } = reference.attentionForward(shape, {
    q: float64(input.q),
    k: float64(input.k),
    v: float64(input.v),
    spans,
  });
  assertClose(actual.y, y, { what: "y", terms: shape.slots });
  const seen = [...lse.keys()].filter((row) => lse[row] !== -Infinity);
  assertClose(seen.map((row) => actual.stats[2 * row]!), seen.map((row) => lse[row]!), {
    what: "lse",
    terms: shape.slots + shape.dim, // a score is a sum as well
  });
}
