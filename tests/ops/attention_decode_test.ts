import assert from "node:assert/strict";
import { Gpu } from "../../src/gpu/mod.ts";
import { attentionForward } from "../../src/ops/attention.ts";
import { checkForward, run } from "../support/attention.ts";
import { gpuTest } from "../support/device.ts";

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

gpuTest("attention in images is the same bits whoever shares a query's prompt", async (gpu) => {
  if (gpu.adapter.subgroupSize < 8) return;
  const shape = { queries: 8, slots: 120, heads: 4, kvHeads: 2, dim: 32 };
  const own = (n: number): [number, number] => [60 + 7 * n, 61 + 8 * n - (n % 2)];
  const alike = Array.from({ length: 8 }, (_, n) => [3, 40, ...own(n)]);
  const apart = alike.map((span, n) => n % 2 === 0 ? span : [0, 0, 0, 0]); // half of them have ended
  const [together, alone] = [
    await run(gpu, shape, { spans: Uint32Array.from(alike.flat()) }, { images: true }),
    await run(gpu, shape, { spans: Uint32Array.from(apart.flat()) }, { images: true }),
  ];
  checkForward(shape, Uint32Array.from(alike.flat()), together);
  const width = shape.heads * shape.dim;
  for (const n of [0, 2, 4, 6]) {
    const row = (values: ArrayLike<number>) => Array.from(values).slice(n * width, (n + 1) * width);
    assert.deepEqual(row(alone.y), row(together.y));
  }
});

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
