import { ok, strictEqual } from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu, Tensor } from "../../src/gpu/mod.ts";
import { gatedLinearForward } from "../../src/ops/gated_linear.ts";
import { productKey } from "../../src/ops/matmul_product.ts";
import { chooseVariant } from "../../src/ops/matmul_variants.ts";
import { matmulReference } from "../reference/matmul.ts";
import { swigluForward } from "../reference/swiglu.ts";
import { assertClose } from "../support/compare.ts";
import { asHardware, gpuTest } from "../support/device.ts";
import { halve } from "../support/halves.ts";
import { float64, normals } from "../support/inputs.ts";

/** Rows, columns of the gate, inputs: less than a tile; ragged; several tiles. */
const SHAPES = [[1, 4, 4], [5, 36, 24], [70, 140, 32]] as const;
const VARIANTS = {
  f32: ["broadcast", "workgroup64", "workgroup128", "naive"],
  f16: ["broadcast", "workgroup64"],
};

/** The same device, which claims to be no software, with one variant of products chosen for all shapes of the test. */
function choosing(gpu: Gpu, name: string, dtype: "f32" | "f16"): Gpu {
  const tuned = asHardware(gpu);
  const form = { transposeA: false, transposeB: true, a: { dtype }, b: { dtype } };
  for (const [rows, cols, inner] of SHAPES) {
    tuned.choices.set(productKey({ ...form, rows, cols: 2 * cols, inner }), name);
  }
  return tuned;
}

/** Whether the variant is what the products of the test are formed by. */
function isChosen(gpu: Gpu, name: string, a: Tensor, b: Tensor, y: Tensor): boolean {
  const [rows, cols] = y.shape as [number, number];
  const form = { transposeA: false, transposeB: true, scale: 1, accumulate: false };
  const product = { ...form, a, b, y, rows, cols, inner: a.shape[1]! };
  return chooseVariant(gpu.pass("unused"), product).name === name;
}

for (const dtype of ["f32", "f16"] as const) {
  gpuTest(`a gated linear layer of ${dtype} agrees with float64 by every variant`, async (gpu) => {
    for (const name of VARIANTS[dtype]) {
      const tuned = choosing(gpu, name, dtype);
      for (const [rows, cols, inner] of SHAPES) {
        const rng = rngStream(3, "gated", rows);
        const factor = async (shape: number[]) => {
          const values = normals(rng, shape[0]! * shape[1]!);
          if (dtype === "f16") return await halve(tuned, shape, values);
          return { half: tuned.from("factor", shape, values), rounded: values };
        };
        const [x, weight] = [await factor([rows, inner]), await factor([2 * cols, inner])];
        const gateUp = tuned.tensor("gateUp", [rows, 2 * cols]);
        const [y, alone] = [tuned.tensor("y", [rows, cols]), tuned.tensor("alone", [rows, cols])];
        ok(isChosen(tuned, name, x.half, weight.half, gateUp), name);
        const saved = { x: x.half, weight: weight.half };
        const pass = tuned.pass("gated");
        gatedLinearForward(pass, saved, { gateUp, y, keep: true });
        pass.submit();
        const [kept, gated] = await tuned.readAll([gateUp, y]);
        const again = tuned.pass("gated");
        gatedLinearForward(again, saved, { gateUp, y: alone, keep: false });
        again.submit();
        const unkept = await tuned.read(alone);
        const shape = { rows, cols: 2 * cols, inner, transposeB: true };
        const product = matmulReference(x.rounded, weight.rounded, shape);
        const what = `${name} [${rows},${cols},${inner}]`;
        assertClose(kept!, product, { what, terms: inner });
        const scale = float64(product).reduce((most, value) => Math.max(most, value ** 2), 0);
        assertClose(gated!, swigluForward(product, cols), { what, terms: inner, scale });
        strictEqual(String(unkept), String(gated), `${what} without keeping`);
        tuned.release(x.half, weight.half, gateUp, y, alone);
      }
    }
  });
}

gpuTest("a gated linear layer adds its bias", async (gpu) => {
  const rng = rngStream(4, "gated");
  const [input, matrix, offset] = [normals(rng, 24), normals(rng, 128), normals(rng, 16)];
  const x = gpu.from("x", [3, 8], input);
  const weight = gpu.from("weight", [16, 8], matrix);
  const bias = gpu.from("bias", [16], offset);
  const [gateUp, y] = [gpu.tensor("gateUp", [3, 16]), gpu.tensor("y", [3, 8])];
  const pass = gpu.pass("gated");
  gatedLinearForward(pass, { x, weight, bias }, { gateUp, y, keep: false });
  pass.submit();
  const shape = { rows: 3, cols: 16, inner: 8, transposeB: true, bias: offset };
  const product = matmulReference(input, matrix, shape);
  const scale = product.reduce((most, value) => Math.max(most, value ** 2), 0);
  assertClose(await gpu.read(y), swigluForward(product, 8), { what: "y", terms: 8, scale });
  gpu.release(x, weight, bias, gateUp, y);
});
