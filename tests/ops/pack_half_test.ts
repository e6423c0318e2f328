import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { packHalf } from "../../src/ops/pack_half.ts";
import { gpuTest } from "../support/device.ts";
import { normals } from "../support/inputs.ts";

/** Numbers, and the halves the GPU makes of them. */
async function pack(
  gpu: Parameters<Parameters<typeof gpuTest>[1]>[0],
  x: Float32Array<ArrayBuffer>,
) {
  const from = gpu.from("x", [x.length / 4, 4], x);
  const to = gpu.tensor("y", [x.length / 4, 4], "f16");
  const pass = gpu.pass("pack");
  packHalf(pass, from, to);
  pass.submit();
  const halves = await gpu.read(to) as Float32Array;
  gpu.release(from, to);
  return halves;
}

for (const count of [4, 148, 4 * 64 * 4 + 8]) {
  gpuTest(`packHalf() rounds ${count} numbers to halves beside them`, async (gpu) => {
    const rng = rngStream(61, count);
    const x = normals(rng, count).map((value) => value * 2 ** (rng.int(40) - 26));
    const halves = await pack(gpu, x);
    halves.forEach((half, i) => {
      // Eleven significant bits, or multiples of the smallest half; the adapter may round either way.
      const step = Math.max(2 ** (Math.floor(Math.log2(Math.abs(x[i]!))) - 10), 2 ** -24);
      assert.ok(Math.abs(half - x[i]!) < step, `${x[i]} became ${half}`);
      assert.equal(Math.fround(half), new Float16Array([half])[0]);
    });
  });
}

gpuTest("packHalf() keeps what a half can hold and stays finite beyond it", async (gpu) => {
  const exact = [0, 1, -2.5, 65504, -65504, 2 ** -14, 2 ** -24, 1 + 2 ** -10];
  assert.deepEqual(Array.from(await pack(gpu, Float32Array.from(exact))), exact);
  const beyond = Float32Array.of(65505, -1e6, 3e38, -3e38);
  assert.deepEqual(Array.from(await pack(gpu, beyond)), [65504, -65504, 65504, -65504]);
});

gpuTest("halves are read as numbers, and cannot be uploaded", async (gpu) => {
  const y = gpu.tensor("y", [3, 4], "f16");
  assert.deepEqual(await gpu.read(y), new Float32Array(12));
  assert.throws(() => gpu.upload(y, new Float32Array(12)), /its values are halves/);
  const x = gpu.tensor("x", [2, 6]);
  const odd = gpu.tensor("odd", [2, 6], "f16");
  assert.throws(() => packHalf(gpu.pass("wrong"), x, odd), /Cannot use pack_half x/);
  gpu.release(x, y, odd);
});
