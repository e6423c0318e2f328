import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { addForward, addInPlace } from "../../src/ops/add.ts";
import { gpuTest } from "../support/device.ts";
import { normals } from "../support/inputs.ts";

for (const shape of [[1, 1], [5, 37], [1025], [3, 40, 32]]) {
  gpuTest(`add and addInPlace() sum [${shape}] exactly as f32`, async (gpu) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const rng = rngStream(14, "add", count);
    const [left, right] = [normals(rng, count), normals(rng, count)];
    const [a, b, y] = [
      gpu.from("a", shape, left),
      gpu.from("b", shape, right),
      gpu.tensor("y", shape),
    ];
    const pass = gpu.pass("add");
    addForward(pass, { a, b }, y);
    addInPlace(pass, a, b);
    pass.submit();
    const expected = left.map((value, i) => Math.fround(value + right[i]!));
    const [sum, inPlace] = await gpu.readAll([y, b]);
    assert.deepEqual(sum, expected);
    assert.deepEqual(inPlace, expected);
    gpu.release(a, b, y);
  });
}
