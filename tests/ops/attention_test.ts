import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { Gpu } from "../../src/gpu/mod.ts";
import {
  attentionBackward,
  attentionForward,
  type AttentionOptions,
} from "../../src/ops/attention.ts";
import * as reference from "../reference/attention.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { exchangeAxes, imageFrom } from "../support/images.ts";
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

function checkForward(
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

/** Query heads, key heads, length of a head. */
type Heads = [number, number, number];

const SHARED: Group[] = [
  { prompt: 5, completions: [3, 7] },
  { prompt: 9, completions: [1] },
  { prompt: 4, completions: [] },
];
const REALISTIC: Group[] = [
  { prompt: 60, completions: [50, 33] },
  { prompt: 110, completions: [] },
];

const CASES: [string, Group[], Heads, AttentionOptions][] = [
  ["one token", [{ prompt: 1, completions: [] }], [1, 1, 4], { variant: "plain" }],
  ["shared prompts", SHARED, [4, 2, 8], { variant: "plain" }],
  ["three heads a key head", SHARED, [3, 1, 8], { variant: "plain", rows: 3, workgroup: 256 }],
  ["realistic", REALISTIC, [4, 2, 16], { variant: "plain", workgroup: 32, rows: 2 }],
  ["one token by broadcast", [{ prompt: 1, completions: [] }], [1, 1, 32], {
    variant: "broadcast",
  }],
  ["realistic by broadcast", REALISTIC, [4, 2, 32], { variant: "broadcast" }],
  ["long heads by broadcast", SHARED, [3, 1, 64], { variant: "broadcast" }],
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

for (const [name, groups, [heads, kvHeads, dim], options] of CASES) {
  gpuTest(`attention agrees with its reference: ${name}`, async (gpu) => {
    if (options.variant === "broadcast" && gpu.adapter.subgroupSize < 8) return;
    const packed = pack(groups);
    const queries = packed.reach.length;
    const shape = { queries, slots: queries, heads, kvHeads, dim };
    const actual = await run(gpu, shape, packed, options);
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

for (const variant of ["plain", "broadcast", "decode", "images"] as const) {
  gpuTest(
    `attention decodes with slots of its own and prompts behind them: ${variant}`,
    async (gpu) => {
      const images = variant === "images";
      if ((variant === "broadcast" || images) && gpu.adapter.subgroupSize < 8) return;
      const dim = variant === "broadcast" || images ? 32 : 16;
      const shape = { queries: 11, slots: 90, heads: 4, kvHeads: 2, dim };
      const rows = Array.from(
        { length: 11 },
        (_, n) => [50 + n % 3, 70 + n % 5, 4 * n, 4 * n + 1 + n % 4],
      );
      rows[7] = [0, 0, 0, 0]; // has finished and sees nothing
      const spans = Uint32Array.from(rows.flat());
      const options = images ? { images } : { variant, workgroup: 32, rows: 2 };
      const actual = await run(gpu, shape, { spans }, options);
      checkForward(shape, spans, actual);
      const width = shape.heads * shape.dim;
      assert.ok(actual.y.subarray(7 * width, 8 * width).every((value) => value === 0));
    },
  );
}

/** Spans of queries with 0 to 150 keys: none, one, a workgroup's and those beside it, in one span or in two. */
function raggedSpans(): Uint32Array<ArrayBuffer> {
  const counts: [number, number][] = [[0, 0], [1, 0], [0, 1], [31, 1], [0, 32], [33, 0], [63, 2]];
  const more: [number, number][] = [[64, 64], [0, 65], [5, 123], [150, 0]];
  return Uint32Array.from(
    [...counts, ...more].flatMap(([shared, own], n) => [n, n + shared, 200 + n, 200 + n + own]),
  );
}

const RAGGED: [group: number, dim: number, options: Parameters<typeof run>[3]][] = [
  [1, 32, { variant: "decode", workgroup: 32 }],
  [2, 64, { variant: "decode", workgroup: 64 }],
  [4, 128, { variant: "decode", workgroup: 128 }],
  [7, 96, { variant: "decode" }],
  [1, 128, { images: true }],
  [2, 64, { images: true }],
  [4, 32, { images: true }],
  [7, 32, { images: true }],
];

for (const [group, dim, options] of RAGGED) {
  gpuTest(
    `attention divides the keys of ragged queries: ${group} heads of ${dim}, ${
      JSON.stringify(options)
    }`,
    async (gpu) => {
      if (options?.images && gpu.adapter.subgroupSize < 8) return;
      const spans = raggedSpans();
      const shape = { queries: 11, slots: 350, heads: 2 * group, kvHeads: 2, dim };
      const first = await run(gpu, shape, { spans }, options);
      checkForward(shape, spans, first);
      const second = await run(gpu, shape, { spans }, options);
      assert.deepEqual(second.y, first.y);
      assert.deepEqual(second.stats, first.stats);
    },
  );
}

gpuTest(
  "attention is causal: what a token is shows in no query and no gradient before it",
  async (gpu) => {
    const shape = { queries: 40, slots: 40, heads: 4, kvHeads: 2, dim: 32 };
    const packed = pack([{ prompt: 40, completions: [] }]);
    const input = inputs(shape);
    const first = await run(gpu, shape, packed, {}, input);
    input.k.fill(3, 39 * 64);
    input.v.fill(-3, 39 * 64);
    input.dy.fill(0, 0, 39 * 128); // only the last query speaks
    const last = await run(gpu, shape, packed, {}, input);
    assert.deepEqual(last.y.subarray(0, 39 * 128), first.y.subarray(0, 39 * 128));
    assert.notDeepEqual(last.y.subarray(39 * 128), first.y.subarray(39 * 128));
    assert.ok(last.dq.subarray(0, 39 * 128).every((value) => value === 0));
    input.dy.fill(1, 0, 128).fill(0, 128); // only the first query speaks, to the first key
    const one = await run(gpu, shape, packed, {}, input);
    assert.ok(one.dv.subarray(0, 64).some((value) => value !== 0));
    assert.ok([one.dk, one.dv].every((d) => d.subarray(64).every((value) => value === 0)));
  },
);

gpuTest(
  "attentionForward() divides keys by default on GPUs where they are a query's own",
  (gpu) => {
    const [q, k] = [gpu.tensor("q", [3, 4, 32]), gpu.tensor("k", [9, 2, 32])];
    const saved = { spans: gpu.tensor("spans", [3, 4], "u32"), q, k, v: k };
    const all = { ...saved, stats: gpu.tensor("stats", [3, 4, 2]) };
    const chosen = (software: boolean, ownKeys: boolean): string => {
      const pass = new Gpu(gpu.device, { ...gpu.adapter, software }, {}).pass("choice");
      let name = "";
      pass.dispatch = (kernel) => void (name = kernel.name);
      attentionForward(pass, all, q, { ownKeys });
      return name;
    };
    assert.equal(chosen(false, true), "attention_decode");
    assert.equal(chosen(false, false), "attention");
    assert.notEqual(chosen(true, true), "attention_decode");
  },
);

gpuTest("attentionForward() refuses a head it cannot hold", (gpu) => {
  const make = (...shape: number[]) => gpu.tensor("t", shape);
  const [q, k] = [make(2, 3, 6), make(2, 2, 6)];
  const saved = { spans: make(2, 4), q, k, v: k, stats: make(2, 3, 2) };
  assert.throws(
    () => attentionForward(gpu.pass("wrong"), saved, q),
    /Cannot attend with 3 heads of 6 over 2 key heads/,
  );
});
