/** Products of halves by every variant that takes them, against float64 loops; and which variant is the default where. */
import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { type DType, Gpu, type Tensor } from "../../src/gpu/mod.ts";
import { type Product, productKey } from "../../src/ops/matmul_product.ts";
import { chooseVariant, type Variant, VARIANTS } from "../../src/ops/matmul_variants.ts";
import { type MatmulReference, matmulReference } from "../reference/matmul.ts";
import { gpuTest } from "../support/device.ts";
import { halve } from "../support/halves.ts";
import { normals } from "../support/inputs.ts";

/** Storage of a and b: both halves, as in forward passes; one, as in backward passes and the head. */
const STORED = [["f16", "f16"], ["f32", "f16"], ["f16", "f32"]] as const;

/** Rows, cols, inner: the least; ragged; over a tile; long sums. */
const SHAPES: readonly [number, number, number][] = [
  [4, 4, 4],
  [12, 36, 8],
  [132, 140, 44],
  [36, 76, 512],
];

/** A product of matrices that the GPU holds as `stored` says, and the numbers that these stand for. */
async function randomProduct(gpu: Gpu, shape: MatmulReference, stored: readonly [DType, DType]) {
  const { rows, cols, inner, transposeA = false, transposeB = false } = shape;
  const rng = rngStream(1, "halves", rows, ...stored);
  const factor = async (form: readonly number[], dtype: DType) => {
    const values = normals(rng, form[0]! * form[1]!);
    if (dtype === "f16") return await halve(gpu, form, values);
    return { half: gpu.from("factor", form, values), rounded: values };
  };
  const a = await factor(transposeA ? [inner, rows] : [rows, inner], stored[0]);
  const b = await factor(transposeB ? [cols, inner] : [inner, cols], stored[1]);
  const y = gpu.tensor("y", [rows, cols]);
  const form = { rows, cols, inner, transposeA, transposeB, scale: 1, accumulate: false };
  const product: Product = { ...form, a: a.half, b: b.half, y };
  return { product, left: a.rounded, right: b.rounded };
}

/**
 * Largest error of each element: 4 * 2^-24 * sqrt(inner) times the largest result from f32 accumulation; and where
 * products are halves, four roundings of each, (1 + 2^-11)^4 - 1 times its magnitude, and twice what may be flushed to
 * zero, once as a product and once as a sum.
 */
function tolerances(
  { name }: Variant,
  { expected, magnitude, inner }: {
    expected: Float64Array;
    magnitude: Float64Array;
    inner: number;
  },
): Float64Array {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const accumulation = 4 * 2 ** -24 * Math.sqrt(inner) * largest;
  const rounding = (1 + 2 ** -11) ** 4 - 1;
  return magnitude.map((sum) =>
    name.startsWith("workgroup_half")
      ? accumulation + rounding * sum + 2 * inner * 2 ** -14
      : accumulation
  );
}

async function run(gpu: Gpu, variant: Variant, product: Product): Promise<Float32Array> {
  const pass = gpu.pass("variant");
  pass.clear(product.y);
  variant.encode(pass, product);
  pass.submit();
  return await gpu.read(product.y) as Float32Array;
}

for (const transposes of ["nn", "nt", "tn", "tt"]) {
  gpuTest(`every variant that reads halves agrees with float64 for ${transposes}`, async (gpu) => {
    const [transposeA, transposeB] = [transposes[0] === "t", transposes[1] === "t"];
    const used = new Map<string, number>();
    for (const stored of STORED) {
      for (const [rows, cols, inner] of SHAPES) {
        const shape = { rows, cols, inner, transposeA, transposeB };
        const { product, left, right } = await randomProduct(gpu, shape, stored);
        const expected = matmulReference(left, right, shape);
        const magnitude = matmulReference(left.map(Math.abs), right.map(Math.abs), shape);
        for (const variant of VARIANTS) {
          // These differ from others in one constant; their pipelines take long to compile.
          if (/^workgroup.*128$/.test(variant.name) && transposes !== "tt") continue;
          if (!variant.accepts(product, gpu.adapter)) continue;
          used.set(variant.name, (used.get(variant.name) ?? 0) + 1);
          const bounds = tolerances(variant, { expected, magnitude, inner });
          const values = await run(gpu, variant, product);
          expected.forEach((value, i) => {
            const what = `${variant.name} ${stored} ${rows}x${cols}x${inner} [${i}]`;
            const error = Math.abs(values[i]! - value);
            assert.ok(error <= bounds[i]!, `${what}: ${values[i]} is not ${value} (${bounds[i]})`);
          });
        }
        gpu.release(product.a, product.b, product.y);
      }
    }
    assert.equal(used.get("workgroup64"), STORED.length * SHAPES.length);
    if (gpu.adapter.halfArithmetic) assert.equal(used.get("workgroup_half64"), SHAPES.length);
    if (gpu.adapter.subgroupSize >= 8 && transposes !== "tt") {
      assert.equal(used.get("broadcast"), STORED.length * SHAPES.length);
    }
  });
}

gpuTest(
  "variants that multiply halves add bias, residual and y, and count on in f32",
  async (gpu) => {
    const [rows, cols, inner] = [36, 44, 4100]; // halves cannot count beyond 2048
    const ones = (count: number) => new Float32Array(count).fill(1);
    const { half: a } = await halve(gpu, [rows, inner], ones(rows * inner));
    const { half: b } = await halve(gpu, [cols, inner], ones(cols * inner));
    const bias = gpu.from("bias", [cols], Float32Array.from({ length: cols }, (_, c) => c));
    const residual = gpu.from("residual", [rows, cols], ones(rows * cols));
    const y = gpu.tensor("y", [rows, cols]);
    const form = { rows, cols, inner, transposeA: false, transposeB: true };
    const product: Product = { ...form, a, b, y, bias, scale: 1, accumulate: false };
    for (const variant of VARIANTS) {
      if (!variant.accepts(product, gpu.adapter)) continue;
      const pass = gpu.pass("epilogue");
      variant.encode(pass, { ...product, residual, scale: 0.5 });
      variant.encode(pass, { ...product, scale: -2, accumulate: true });
      pass.submit();
      const expected = Float32Array.from(
        { length: rows * cols },
        (_, i) => -1.5 * inner + 2 * (i % cols) + 1,
      );
      assert.deepEqual(await gpu.read(y), expected, variant.name);
    }
    gpu.release(a, b, y, bias, residual);
  },
);

gpuTest("the default reads halves where it can, and never multiplies in half precision", (gpu) => {
  const form = { transposeA: false, transposeB: true, scale: 1, accumulate: false };
  const sized = (size: number, stored: readonly [DType, DType]): Product => {
    const tensor = (dtype: DType): Tensor => ({
      ...gpu.tensor("t", [4, 4]),
      shape: [size, size],
      dtype,
    });
    const [a, b, y] = [tensor(stored[0]), tensor(stored[1]), tensor("f32")];
    return { ...form, rows: size, cols: size, inner: size, a, b, y };
  };
  const gpuLike = { ...gpu.adapter, software: false, halfArithmetic: true, maxSubgroupSize: 32 };
  const matrices = ["f16*f16+f32 16x16x16"];
  const cases = [
    [{ ...gpu.adapter, software: true, subgroupSize: 8 }, 256, ["f16", "f16"], "broadcast"],
    [{ ...gpu.adapter, software: true, subgroupSize: 0 }, 256, ["f32", "f16"], "workgroup64"],
    [gpuLike, 256, ["f16", "f16"], "workgroup64"],
    [gpuLike, 1024, ["f16", "f16"], "workgroup128"],
    [{ ...gpuLike, matrices }, 256, ["f16", "f16"], "subgroup_matrix_half64"],
    [{ ...gpuLike, matrices }, 1024, ["f16", "f16"], "subgroup_matrix_half128"],
    [{ ...gpuLike, matrices }, 1024, ["f32", "f16"], "workgroup128"],
    [{ ...gpuLike, matrices }, 1048, ["f16", "f16"], "workgroup128"], // not in sixteens
    [{ ...gpuLike, matrices, halfArithmetic: false }, 256, ["f16", "f16"], "workgroup64"],
  ] as const;
  for (const [adapter, size, stored, name] of cases) {
    const pass = new Gpu(gpu.device, adapter, {}).pass("choice");
    assert.equal(chooseVariant(pass, sized(size, stored)).name, name, `${size} ${stored}`);
  }
});

gpuTest("a variant in half precision can be chosen, where the adapter computes in it", (gpu) => {
  const tensor = (dtype: DType) => gpu.tensor("t", [64, 64], dtype);
  const form = { rows: 64, cols: 64, inner: 64, transposeA: false, transposeB: true };
  const [a, b, y] = [tensor("f16"), tensor("f16"), tensor("f32")];
  const product: Product = { ...form, a, b, y, scale: 1, accumulate: false };
  for (const halfArithmetic of [true, false]) {
    const like = new Gpu(gpu.device, { ...gpu.adapter, halfArithmetic }, {});
    like.choices.set(productKey(product), "workgroup_half64");
    const { name } = chooseVariant(like.pass("choice"), product);
    assert.equal(name === "workgroup_half64", halfArithmetic, name);
  }
  gpu.release(a, b, y);
});

Deno.test("productKey() tells transposes, storage of both factors and powers of two apart", () => {
  const shape = { rows: 30, cols: 32, inner: 33, transposeA: false, transposeB: true };
  const half = { dtype: "f16" } as const;
  assert.equal(productKey(shape), "matmul/nt/f32*f32/5/5/6");
  assert.equal(productKey({ ...shape, b: half }), "matmul/nt/f32*f16/5/5/6");
  assert.equal(productKey({ ...shape, a: half }), "matmul/nt/f16*f32/5/5/6");
  assert.equal(
    productKey({ ...shape, a: half, b: half, transposeB: false }),
    "matmul/nn/f16*f16/5/5/6",
  );
});
