/** Matrix products against float64 loops: every transpose, ragged shapes, every term of the epilogue. */
import assert from "node:assert/strict";
import { rngStream, ShapeError } from "../../src/base/mod.ts";
import type { Gpu, Pass, Tensor } from "../../src/gpu/mod.ts";
import { linearBackward, linearForward, matmul } from "../../src/ops/matmul.ts";
import { VARIANTS } from "../../src/ops/matmul_variants.ts";
import {
  linearBackwardReference,
  linearForwardReference,
  matmulReference,
} from "../reference/matmul.ts";
import { gpuTest } from "../support/device.ts";
import { halve } from "../support/halves.ts";

const TRANSPOSES = [
  { name: "NN", transposeA: false, transposeB: false },
  { name: "NT", transposeA: false, transposeB: true },
  { name: "TN", transposeA: true, transposeB: false },
  { name: "TT", transposeA: true, transposeB: true },
];

/** Rows, cols, inner: one; ragged; over a tile; few rows, long sums; at work; b larger than a cache. */
const SHAPES: readonly [number, number, number][] = [
  [1, 1, 1],
  [5, 37, 3],
  [12, 36, 8],
  [33, 68, 20],
  [4, 128, 132],
  [72, 160, 64],
  [132, 140, 44],
  [36, 520, 512],
];

function random(count: number, ...key: (number | string)[]): Float32Array<ArrayBuffer> {
  const rng = rngStream(1, ...key);
  return Float32Array.from({ length: count }, () => rng.normal());
}

/** Asserts |actual - expected| <= 4 * 2^-24 * sqrt(terms) * max|expected| for every element. */
function assertClose(actual: ArrayLike<number>, expected: Float64Array, terms: number): void {
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const tolerance = 4 * 2 ** -24 * Math.sqrt(terms) * largest;
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    assert.ok(
      error <= tolerance,
      `element ${i}: ${actual[i]} is not ${expected[i]} (${tolerance})`,
    );
  }
}

/** Encodes a computation of y, reads y and frees all tensors. */
async function compute(gpu: Gpu, tensors: Tensor[], y: Tensor, encode: (pass: Pass) => void) {
  const pass = gpu.pass("matmul");
  encode(pass);
  pass.submit();
  const values = await gpu.read(y) as Float32Array;
  gpu.release(...tensors, y);
  return values;
}

for (const { name, transposeA, transposeB } of TRANSPOSES) {
  gpuTest(`every matmul variant agrees with float64 for ${name} at every shape`, async (gpu) => {
    // Differs from workgroup64 in one constant; its pipelines take long to compile.
    const variants = VARIANTS.filter(({ name }) => name !== "workgroup128" || transposeA);
    for (const [rows, cols, inner] of SHAPES) {
      const shape = { rows, cols, inner, transposeA, transposeB };
      const [hostA, hostB] = [random(rows * inner, "a", rows), random(cols * inner, "b", cols)];
      const expected = matmulReference(hostA, hostB, shape);
      for (const variant of variants) {
        const a = gpu.from("a", transposeA ? [inner, rows] : [rows, inner], hostA);
        const b = gpu.from("b", transposeB ? [cols, inner] : [inner, cols], hostB);
        const y = gpu.from("y", [rows, cols], random(rows * cols, "overwritten"));
        const product = { ...shape, a, b, y, scale: 1, accumulate: false };
        if (!variant.accepts(product, gpu.adapter)) {
          gpu.release(a, b, y);
          continue;
        }
        const values = await compute(gpu, [a, b], y, (pass) => variant.encode(pass, product));
        assertClose(values, expected, inner);
      }
    }
  });
}

gpuTest("matmul() multiplies halves as exactly as what they stand for", async (gpu) => {
  // The products of mixed precision: y = x W^T, logits, dx = dy W, dW = dy^T x; halves that end amid a vector.
  const cases = [[67, 0, 1, 1], [67, 0, 1, 0], [67, 0, 0, 0], [68, 1, 0, 0]] as const;
  for (const [rows, transposeA, transposeB, halfA] of cases) {
    const [cols, inner] = [76, rows === 67 ? 20 : 21];
    const shape = { rows, cols, inner, transposeA: !!transposeA, transposeB: !!transposeB };
    const [hostA, hostB] = [random(rows * inner, "a"), random(cols * inner, "b")];
    const shapeA: [number, number] = transposeA ? [inner, rows] : [rows, inner];
    const a = halfA ? await halve(gpu, shapeA, hostA) : undefined;
    const b = await halve(gpu, transposeB ? [cols, inner] : [inner, cols], hostB);
    const left = a?.half ?? gpu.from("a", shapeA, hostA);
    const y = gpu.tensor("y", [rows, cols]);
    const expected = matmulReference(a?.rounded ?? hostA, b.rounded, shape);
    const tensors = { a: left, b: b.half, y };
    const values = await compute(gpu, [left, b.half], y, (pass) => matmul(pass, tensors, shape));
    assertClose(values, expected, inner);
  }
});

gpuTest("matmul() refuses halves that do not come in fours", (gpu) => {
  const [a, b, y] = [
    gpu.tensor("a", [4, 4]),
    gpu.tensor("b", [4, 6], "f16"),
    gpu.tensor("y", [4, 6]),
  ];
  assert.throws(() => matmul(gpu.pass("refused"), { a, b, y }), /Cannot use matmul of halves/);
  gpu.release(a, b, y);
});

gpuTest(
  "every matmul variant adds bias, residual and y, and scales only the product",
  async (gpu) => {
    const [rows, cols, inner] = [37, 44, 12];
    const [hostA, hostB] = [random(rows * inner, "a"), random(cols * inner, "b")];
    const [hostBias, hostResidual] = [random(cols, "bias"), random(rows * cols, "residual")];
    const shape = { rows, cols, inner, transposeA: false, transposeB: true };
    const first = { ...shape, scale: 0.5, bias: hostBias, residual: hostResidual };
    const second = { ...shape, scale: -2, bias: hostBias };
    const expected = matmulReference(hostA, hostB, first);
    matmulReference(hostA, hostB, second).forEach((value, i) => expected[i]! += value);
    for (const variant of VARIANTS) {
      const a = gpu.from("a", [rows, inner], hostA);
      const b = gpu.from("b", [cols, inner], hostB);
      const bias = gpu.from("bias", [cols], hostBias);
      const residual = gpu.from("residual", [rows, cols], hostResidual);
      const y = gpu.from("y", [rows, cols], hostResidual);
      const product = { ...shape, a, b, y, bias, scale: 1, accumulate: false };
      if (!variant.accepts(product, gpu.adapter)) {
        gpu.release(a, b, bias, residual, y);
        continue;
      }
      const values = await compute(gpu, [a, b, bias, residual], y, (pass) => {
        variant.encode(pass, { ...product, residual, scale: 0.5 });
        variant.encode(pass, { ...product, scale: -2, accumulate: true });
      });
      assertClose(values, expected, inner + 3);
    }
  },
);

gpuTest("linearForward() and linearBackward() agree with float64", async (gpu) => {
  const shape = { rows: 33, inputs: 24, outputs: 40 };
  const { rows, inputs, outputs } = shape;
  const host = {
    x: random(rows * inputs, "x"),
    weight: random(outputs * inputs, "weight"),
    bias: random(outputs, "bias"),
    dy: random(rows * outputs, "dy"),
  };
  const saved = {
    x: gpu.from("x", [rows, inputs], host.x),
    weight: gpu.from("weight", [outputs, inputs], host.weight),
    bias: gpu.from("bias", [outputs], host.bias),
  };
  const dy = gpu.from("dy", [rows, outputs], host.dy);
  const y = gpu.tensor("y", [rows, outputs]);
  const grads = {
    dy,
    dx: gpu.tensor("dx", [rows, inputs]),
    dweight: gpu.tensor("dweight", [outputs, inputs]),
    dbias: gpu.tensor("dbias", [outputs]),
  };
  const pass = gpu.pass("linear");
  linearForward(pass, saved, y);
  linearBackward(pass, saved, grads);
  linearBackward(pass, saved, grads);
  pass.submit();
  const { dx, dweight, dbias } = grads;
  const [gotY, gotDx, gotDweight, gotDbias] = await gpu.readAll([y, dx, dweight, dbias]);
  const reference = linearBackwardReference(host, shape);
  assertClose(gotY!, linearForwardReference(host, shape), inputs);
  assertClose(gotDx!, reference.dx, outputs); // overwritten: the second call changed nothing
  assertClose(gotDweight!, reference.dweight.map((value) => 2 * value), rows); // accumulated
  assertClose(gotDbias!, reference.dbias.map((value) => 2 * value), rows);
});

Deno.test("linearBackwardReference() agrees with central differences", () => {
  const shape = { rows: 3, inputs: 4, outputs: 5 };
  const host = {
    x: Float64Array.from(random(12, "x")),
    weight: Float64Array.from(random(20, "weight")),
    bias: Float64Array.from(random(5, "bias")),
    dy: Float64Array.from(random(15, "dy")),
  };
  const loss = () =>
    linearForwardReference(host, shape).reduce((sum, value, i) => sum + value * host.dy[i]!, 0);
  const grads = linearBackwardReference(host, shape);
  for (const [name, grad] of [["x", "dx"], ["weight", "dweight"], ["bias", "dbias"]] as const) {
    const values = host[name];
    values.forEach((value, i) => {
      values[i] = value + 1e-5;
      const above = loss();
      values[i] = value - 1e-5;
      const slope = (above - loss()) / 2e-5;
      values[i] = value;
      assert.ok(Math.abs(slope - grads[grad][i]!) <= 1e-6 * Math.max(1, Math.abs(slope)), grad);
    });
  }
});

gpuTest("matmul() refuses shapes that form no product", (gpu) => {
  const a = gpu.tensor("a", [2, 3]);
  const b = gpu.tensor("b", [4, 5]);
  const y = gpu.tensor("y", [2, 5]);
  const pass = gpu.pass("refused");
  assert.throws(() => matmul(pass, { a, b, y }), ShapeError);
  assert.throws(() => matmul(pass, { a: b, b: a, y }), ShapeError);
  gpu.release(a, b, y);
});
