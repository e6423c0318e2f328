import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import {
  attentionBackward,
  attentionForward,
  type AttentionOptions,
} from "../../src/ops/attention.ts";
import * as reference from "../reference/attention.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, normals } from "../support/inputs.ts";

type Shape = reference.AttentionShape;

/** A prompt with its completions; a length of its own for each. */
interface Group {
  prompt: number;
  completions: number[];
}

/** Spans and reach of packed groups, as a training batch has them. */
function pack(
  groups: Group[],
): { spans: Uint32Array<ArrayBuffer>; reach: Uint32Array<ArrayBuffer> } {
  const spans: number[] = [];
  const reach: number[] = [];
  for (const { prompt, completions } of groups) {
    const origin = reach.length;
    const groupEnd = origin + completions.reduce((sum, length) => sum + length, prompt);
    for (let t = origin; t < origin + prompt; t++) {
      spans.push(0, 0, origin, t + 1);
      reach.push(groupEnd);
    }
    for (const length of completions) {
      const start = reach.length;
      for (let t = start; t < start + length; t++) {
        spans.push(origin, origin + prompt, start, t + 1);
        reach.push(start + length);
      }
    }
  }
  return { spans: Uint32Array.from(spans), reach: Uint32Array.from(reach) };
}

function inputs(shape: Shape) {
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
async function run(
  gpu: Gpu,
  shape: Shape,
  packed: { spans: Uint32Array<ArrayBuffer>; reach?: Uint32Array<ArrayBuffer> },
  options: AttentionOptions = {},
) {
  const { queries, slots, heads, kvHeads, dim } = shape;
  const input = inputs(shape);
  const [rows, keys] = [[queries, heads, dim], [slots, kvHeads, dim]] as const;
  const q = gpu.from("q", rows, input.q);
  const k = gpu.from("k", keys, input.k);
  const v = gpu.from("v", keys, input.v);
  const dy = gpu.from("dy", rows, input.dy);
  const spans = gpu.from("spans", [queries, 4], packed.spans);
  const stats = gpu.tensor("stats", [queries, heads, 2]);
  const [y, dq] = [gpu.tensor("y", rows), gpu.tensor("dq", rows)];
  const [dk, dv] = [gpu.tensor("dk", keys), gpu.tensor("dv", keys)];
  const pass = gpu.pass("attention");
  attentionForward(pass, { spans, q, k, v, stats }, y, options);
  if (packed.reach) {
    const reach = gpu.from("reach", [slots], packed.reach);
    const saved = { spans, q, k, v, stats, reach, y };
    for (let i = 0; i < 2; i++) attentionBackward(pass, saved, { dy, dq, dk, dv }, options);
  }
  pass.submit();
  const read = await gpu.readAll([y, stats, dq, dk, dv]);
  gpu.release(q, k, v, dy, spans, stats, y, dq, dk, dv);
  return { y: read[0]!, stats: read[1]!, dq: read[2]!, dk: read[3]!, dv: read[4]! };
}

function checkForward(shape: Shape, spans: Uint32Array, actual: { y: ArrayLike<number> }): void {
  const input = inputs(shape);
  const { y } = reference.attentionForward(shape, {
    q: float64(input.q),
    k: float64(input.k),
    v: float64(input.v),
    spans,
  });
  assertClose(actual.y, y, { what: "y", terms: shape.slots });
}

const BATCHES: { name: string; groups: Group[]; heads: number; kvHeads: number; dim: number }[] = [
  { name: "one token", groups: [{ prompt: 1, completions: [] }], heads: 1, kvHeads: 1, dim: 4 },
  {
    name: "shared prompts",
    groups: [{ prompt: 5, completions: [3, 7] }, { prompt: 9, completions: [1] }, {
      prompt: 4,
      completions: [],
    }],
    heads: 4,
    kvHeads: 2,
    dim: 8,
  },
  {
    name: "three queries a key head",
    groups: [{ prompt: 12, completions: [4, 4, 4] }],
    heads: 3,
    kvHeads: 1,
    dim: 64,
  },
  {
    name: "realistic",
    groups: [{ prompt: 60, completions: [50, 33] }, { prompt: 110, completions: [] }],
    heads: 4,
    kvHeads: 2,
    dim: 32,
  },
];

Deno.test("attentionBackward() of the reference is the derivative of its forward", () => {
  const shape = { queries: 9, slots: 9, heads: 2, kvHeads: 1, dim: 4 };
  const { spans } = pack([{ prompt: 3, completions: [2, 2] }, { prompt: 2, completions: [] }]);
  const input = inputs(shape);
  const [q, k, v, dy] = [input.q, input.k, input.v, input.dy].map(float64) as Float64Array[];
  const at = { q: q!, k: k!, v: v!, spans };
  const { dq, dk, dv } = reference.attentionBackward(shape, at, dy!);
  const loss = () => innerProduct(reference.attentionForward(shape, at).y, dy!);
  assertGradient("dq", loss, q!, dq);
  assertGradient("dk", loss, k!, dk);
  assertGradient("dv", loss, v!, dv);
});

for (const { name, groups, heads, kvHeads, dim } of BATCHES) {
  gpuTest(`attention agrees with its reference: ${name}`, async (gpu) => {
    const packed = pack(groups);
    const queries = packed.reach.length;
    const shape = { queries, slots: queries, heads, kvHeads, dim };
    const actual = await run(gpu, shape, packed);
    checkForward(shape, packed.spans, actual);
    const input = inputs(shape);
    const { dq, dk, dv } = reference.attentionBackward(shape, {
      q: float64(input.q),
      k: float64(input.k),
      v: float64(input.v),
      spans: packed.spans,
    }, float64(input.dy));
    // p itself comes from a dot product of `dim` terms: each of the summed terms has that error already.
    const terms = queries * dim;
    assertClose(actual.dq, dq, { what: "dq", terms, scale: largest(dq, dv) });
    assertClose(actual.dk, dk, { what: "dk", terms, scale: largest(dk, dv) });
    assertClose(actual.dv, dv, { what: "dv", terms });
  });
}

function largest(...arrays: Float64Array[]): number {
  return Math.max(...arrays.map((array) => array.reduce((a, b) => Math.max(a, Math.abs(b)), 0)));
}

gpuTest("attention gives the same for every workgroup size and number of rows", async (gpu) => {
  const packed = pack([{ prompt: 7, completions: [5, 9] }, { prompt: 11, completions: [] }]);
  const queries = packed.reach.length;
  const shape = { queries, slots: queries, heads: 4, kvHeads: 2, dim: 8 };
  const first = await run(gpu, shape, packed);
  for (const options of [{ workgroup: 32, rows: 1 }, { workgroup: 256, rows: 3 }]) {
    const other = await run(gpu, shape, packed, options);
    for (const name of ["y", "dq", "dk", "dv"] as const) {
      assertClose(other[name], float64(first[name]), { what: name, terms: queries });
    }
  }
});

gpuTest("attention decodes: queries see a shared prompt and slots of their own", async (gpu) => {
  const shape = { queries: 11, slots: 90, heads: 4, kvHeads: 2, dim: 32 };
  const spans = Uint32Array.from({ length: 11 }, (_, n) => n).reduce((all, n) => {
    // Prompts lie behind the own slots, as a cache may place them; query 7 has finished and sees nothing.
    all.set(n === 7 ? [0, 0, 0, 0] : [50 + n % 3, 70 + n % 5, 4 * n, 4 * n + 1 + n % 4], 4 * n);
    return all;
  }, new Uint32Array(44));
  const actual = await run(gpu, shape, { spans });
  checkForward(shape, spans, actual);
  const width = shape.heads * shape.dim;
  assert.ok(actual.y.subarray(7 * width, 8 * width).every((value) => value === 0));
});

gpuTest("attention is causal: a later token changes nothing before it", async (gpu) => {
  const packed = pack([{ prompt: 9, completions: [] }]);
  const shape = { queries: 9, slots: 9, heads: 2, kvHeads: 2, dim: 4 };
  const first = packed.spans.slice(0, 4 * 5);
  const short = await run(gpu, { ...shape, queries: 5 }, { spans: first });
  const input = inputs(shape);
  const cut = inputs({ ...shape, queries: 5 });
  assert.notDeepEqual(input.q.slice(0, 40), cut.q, "the streams of the two shapes differ");
  checkForward({ ...shape, queries: 5 }, first, short);
});

gpuTest("attentionForward() refuses a head it cannot hold", (gpu) => {
  const make = (...shape: number[]) => gpu.tensor("t", shape);
  const [q, k] = [make(2, 3, 6), make(2, 2, 6)];
  const saved = { spans: make(2, 4), q, k, v: k, stats: make(2, 3, 2) };
  assert.throws(
    () => attentionForward(gpu.pass("wrong"), saved, q),
    /Cannot attend with 3 heads of 6 over 2 key heads/,
  );
});
