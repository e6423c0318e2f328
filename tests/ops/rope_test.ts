import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { ropeBackward, ropeForward, ropeTable } from "../../src/ops/rope.ts";
import { rope } from "../reference/rope.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, integers, normals } from "../support/inputs.ts";

const POSITIONS = 4096;

Deno.test("rope() of the reference turned back is the derivative of its forward", () => {
  const rng = rngStream(7, "rope");
  const [x, dy] = [float64(normals(rng, 24)), float64(normals(rng, 24))];
  const position = Uint32Array.of(0, 5, 77);
  const options = { dim: 4, theta: 100 };
  const loss = () => innerProduct(rope(x, position, options), dy);
  assertGradient("dx", loss, x, rope(dy, position, { ...options, direction: -1 }));
});

Deno.test("ropeTable() refuses a head that has no halves", () => {
  assert.throws(() => ropeTable({ positions: 4, dim: 3 }, 1e4), /dim must be even, found 3/);
});

for (const [rows, heads, dim] of [[1, 1, 2], [5, 3, 38], [65, 2, 34], [200, 4, 32]] as const) {
  gpuTest(`rope agrees with its reference at [${rows},${heads},${dim}]`, async (gpu) => {
    const rng = rngStream(8, "rope", rows);
    const theta = 1e4;
    const [input, dinput] = [0, 0].map(() => normals(rng, rows * heads * dim));
    const positions = integers(rng, rows, POSITIONS);
    const shape = { positions: POSITIONS, dim };
    const table = gpu.from("table", [POSITIONS, dim], ropeTable(shape, theta));
    const position = gpu.from("position", [rows], positions);
    const x = gpu.from("x", [rows, heads, dim], input!);
    const dx = gpu.from("dx", [rows, heads, dim], dinput!);
    const pass = gpu.pass("rope");
    ropeForward(pass, { table, position }, x);
    ropeBackward(pass, { table, position }, dx);
    pass.submit();
    const [turned, back] = await gpu.readAll([x, dx]);
    const options = { dim, theta };
    assertClose(turned!, rope(float64(input!), positions, options), { what: "x", terms: 2 });
    const expected = rope(float64(dinput!), positions, { ...options, direction: -1 });
    assertClose(back!, expected, { what: "dx", terms: 2 });
    gpu.release(table, position, x, dx);
  });
}
