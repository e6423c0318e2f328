import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { type Gpu, openGpu } from "../../src/gpu/mod.ts";
import { similarity, type SimilarityOptions } from "../../src/ops/similarity.ts";
import { assertClose, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { normals } from "../support/inputs.ts";

const NONE = 0xffffffff;

interface Case {
  queries: number;
  references: number;
  dim: number;
  k: number;
  /** References repeat after so many, so that scores are equal; all differ by default. */
  distinct?: number;
}

/** Rows of length 1. */
function unitRows(name: string, rows: number, dim: number): Float32Array<ArrayBuffer> {
  const values = normals(rngStream(22, name, rows, dim), rows * dim);
  for (let n = 0; n < rows; n++) {
    const row = values.subarray(n * dim, (n + 1) * dim);
    const length = Math.hypot(...row);
    row.forEach((value, c) => row[c] = value / length);
  }
  return values;
}

function inputs({ queries, references, dim, distinct = references }: Case) {
  const different = unitRows("references", distinct, dim);
  return {
    queries: unitRows("queries", queries, dim),
    references: Float32Array.from(
      { length: references * dim },
      (_, i) => different[i % different.length]!,
    ),
    own: Uint32Array.from({ length: queries }, (_, q) => q === 0 ? NONE : q % 5),
    others: Uint32Array.from({ length: references }, (_, j) => j % 5),
  };
}

async function run(gpu: Gpu, shape: Case, options: SimilarityOptions = {}) {
  const { queries, references, dim, k } = shape;
  const data = inputs(shape);
  const input = {
    queries: gpu.from("queries", [queries, dim], data.queries),
    references: gpu.table("references", [references, dim]),
    own: gpu.from("own", [queries], data.own),
    others: gpu.from("others", [references], data.others),
  };
  gpu.upload(input.references, data.references);
  const out = {
    best: gpu.tensor("best", [queries, k]),
    index: gpu.tensor("index", [queries, k], "u32"),
    scores: gpu.tensor("scores", [queries * Math.min(references, options.chunk ?? 4096)]),
  };
  const pass = gpu.pass("similarity");
  similarity(pass, input, out, options);
  pass.submit();
  const [best, index] = await gpu.readAll([out.best, out.index]);
  gpu.release(...Object.values(input), ...Object.values(out));
  return { best: best!, index: index! };
}

/** The k nearest of each query among the references of other groups, in float64. */
function expected(shape: Case) {
  const { queries, references, dim, k } = shape;
  const data = inputs(shape);
  const row = (values: Float32Array, n: number) => values.subarray(n * dim, (n + 1) * dim);
  return Array.from({ length: queries }, (_, q) =>
    Array.from({ length: references }, (_, j) => ({
      index: j,
      cosine: innerProduct(row(data.queries, q), row(data.references, j)),
    }))
      .filter(({ index }) => data.others[index] !== data.own[q])
      .sort((a, b) => b.cosine - a.cosine || a.index - b.index)
      .slice(0, k));
}

for (
  const [shape, options] of [
    [{ queries: 1, references: 1, dim: 1, k: 1 }, {}],
    [{ queries: 5, references: 37, dim: 64, k: 5 }, { workgroup: 256 }],
    [{ queries: 5, references: 37, dim: 64, k: 16 }, { chunk: 8, workgroup: 32 }],
    [{ queries: 20, references: 1000, dim: 128, k: 5 }, { chunk: 256 }],
    [{ queries: 9, references: 100, dim: 4, k: 16, distinct: 7 }, { variant: "plain" }],
    [{ queries: 1, references: 1, dim: 4, k: 1 }, { variant: "broadcast" }],
    [{ queries: 33, references: 100, dim: 4, k: 16, distinct: 7 }, { variant: "broadcast" }],
    [{ queries: 37, references: 75, dim: 64, k: 16 }, { variant: "broadcast", chunk: 8 }],
    [{ queries: 70, references: 1000, dim: 256, k: 5 }, { variant: "broadcast", chunk: 300 }],
    [{ queries: 64, references: 40, dim: 260, k: 3 }, { variant: "broadcast" }],
    [{ queries: 131, references: 101, dim: 12, k: 7, distinct: 30 }, { variant: "broadcast" }],
  ] as [Case, SimilarityOptions][]
) {
  gpuTest(
    `similarity() finds the nearest: ${JSON.stringify({ ...shape, ...options })}`,
    async (gpu) => {
      const actual = await run(gpu, shape, options);
      const wanted = expected(shape).flat();
      assert.deepEqual([...actual.index], wanted.map(({ index }) => index));
      const cosines = wanted.map(({ cosine }) => cosine);
      assertClose(actual.best, cosines, { what: "best", terms: shape.dim });
    },
  );
}

for (const variant of ["plain", "broadcast"] as const) {
  gpuTest(`similarity() marks the places nothing can take (${variant})`, async (gpu) => {
    // Query 1 is of group 1, as is reference 1; of the three references two are left for four places.
    const shape = { queries: 2, references: 3, dim: 4, k: 4 };
    const actual = await run(gpu, shape, { variant });
    assert.deepEqual([...actual.index.subarray(6)], [NONE, NONE]);
    assert.ok(!actual.index.subarray(4).includes(1));
    assert.equal(actual.index[3], NONE);
  });
}

for (const variant of ["plain", "broadcast"] as const) {
  gpuTest(
    `similarity() finds the same in a pool that one binding cannot hold (${variant})`,
    async (gpu) => {
      const shape = { queries: 60, references: 1000, dim: 64, k: 5, distinct: 300 };
      using narrow = await openGpu({ bindingBytes: 100 * 1024 });
      assert.equal(narrow.table("references", [1000, 64]).blocks!.length, 3);
      for (const chunk of [4096, 256]) {
        const wide = await run(gpu, shape, { variant, chunk: 256 });
        assert.deepEqual(await run(narrow, shape, { variant, chunk }), wide); // bit for bit
      }
    },
  );
}

for (const variant of ["plain", "broadcast"] as const) {
  gpuTest(`similarity() repeats itself bit for bit (${variant})`, async (gpu) => {
    const shape = { queries: 100, references: 3000, dim: 256, k: 5 };
    assert.deepEqual(await run(gpu, shape, { variant }), await run(gpu, shape, { variant }));
  });
}
