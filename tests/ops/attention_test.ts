import assert from "node:assert/strict";
import { attentionForward, type AttentionOptions } from "../../src/ops/attention.ts";
import * as reference from "../reference/attention.ts";
import { checkForward, inputs, run } from "../support/attention.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64 } from "../support/inputs.ts";

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

gpuTest("attentionForward() refuses a head it cannot hold", (gpu) => {
  const make = (...shape: number[]) => gpu.tensor("t", shape);
  const [q, k] = [make(2, 3, 6), make(2, 2, 6)];
  const saved = { spans: make(2, 4), q, k, v: k, stats: make(2, 3, 2) };
  assert.throws(
    () => attentionForward(gpu.pass("wrong"), saved, q),
    /Cannot attend with 3 heads of 6 over 2 key heads/,
  );
});
