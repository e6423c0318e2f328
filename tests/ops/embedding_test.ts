import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { embeddingBackward, embeddingForward, indexTokens } from "../../src/ops/embedding.ts";
import { rowsBackward, rowsForward } from "../reference/rows.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, integers, normals } from "../support/inputs.ts";

Deno.test("rowsBackward() of the reference is the derivative of its forward", () => {
  const rng = rngStream(4, "embedding");
  const [table, dy] = [float64(normals(rng, 12)), float64(normals(rng, 15))];
  const token = Uint32Array.of(3, 0, 3, 1, 3);
  const loss = () => innerProduct(rowsForward(table, token, 3), dy);
  assertGradient("dtable", loss, table, rowsBackward(dy, token, { rows: 4, cols: 3 }));
});

Deno.test("indexTokens() lists the rows of each token in order", () => {
  const { order, start } = indexTokens([2, 0, 2, 1, 2], 4);
  assert.deepEqual([...order], [1, 3, 0, 2, 4]);
  assert.deepEqual([...start], [0, 1, 2, 5, 5]);
  assert.throws(() => indexTokens([4], 4), /token 4 at 0 is not below 4/);
});

for (const [rows, cols, vocab] of [[1, 1, 1], [5, 37, 7], [65, 33, 9], [300, 128, 64]] as const) {
  gpuTest(`embedding agrees with its reference at [${rows},${cols}] of ${vocab}`, async (gpu) => {
    const rng = rngStream(5, "embedding", rows);
    const [table, dx] = [normals(rng, vocab * cols), normals(rng, rows * cols)];
    const token = integers(rng, rows, vocab);
    const { order, start } = indexTokens(token, vocab);
    const x = gpu.tensor("x", [rows, cols]);
    const dtable = gpu.tensor("dtable", [vocab, cols]);
    const pass = gpu.pass("embedding");
    const saved = {
      table: gpu.from("table", [vocab, cols], table),
      token: gpu.from("token", [rows], token),
      order: gpu.from("order", [rows], order),
      start: gpu.from("start", [vocab + 1], start),
    };
    embeddingForward(pass, saved, x);
    const grads = { dx: gpu.from("dx", [rows, cols], dx), dtable };
    for (let i = 0; i < 2; i++) embeddingBackward(pass, saved, grads);
    pass.submit();
    const [actual, sum] = await gpu.readAll([x, dtable]);
    assert.deepEqual([...actual!], [...rowsForward(float64(table), token, cols)]);
    const twice = rowsBackward(float64(dx), token, { rows: vocab, cols }).map((value) => 2 * value);
    assertClose(sum!, twice, { what: "dtable", terms: 2 * rows });
    gpu.release(...Object.values(saved), x, grads.dx, dtable);
  });
}
