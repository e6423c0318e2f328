import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { gatherRowsBackward, gatherRowsForward } from "../../src/ops/gather_rows.ts";
import { rowsBackward, rowsForward } from "../reference/rows.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, integers, normals } from "../support/inputs.ts";

for (const [rows, cols, pairs] of [[1, 1, 1], [5, 37, 7], [65, 33, 12], [300, 128, 257]] as const) {
  gpuTest(`gather_rows agrees with its reference at ${pairs} of [${rows},${cols}]`, async (gpu) => {
    const rng = rngStream(6, "gather_rows", rows);
    const [input, dinput] = [normals(rng, rows * cols), normals(rng, pairs * cols)];
    const pairRow = integers(rng, pairs, rows).sort();
    const pairStart = Uint32Array.from(
      { length: rows + 1 },
      (_, t) => pairRow.filter((row) => row < t).length,
    );
    const x = gpu.from("x", [rows, cols], input);
    const dy = gpu.from("dy", [pairs, cols], dinput);
    const row = gpu.from("row", [pairs], pairRow);
    const start = gpu.from("start", [rows + 1], pairStart);
    const y = gpu.tensor("y", [pairs, cols]);
    const dx = gpu.from("dx", [rows, cols], normals(rng, rows * cols)); // overwritten, rows without pairs too
    const pass = gpu.pass("gather_rows");
    gatherRowsForward(pass, { x, row }, y);
    gatherRowsBackward(pass, { start }, { dy, dx });
    pass.submit();
    const [gathered, sum] = await gpu.readAll([y, dx]);
    assert.deepEqual([...gathered!], [...rowsForward(float64(input), pairRow, cols)]);
    const expected = rowsBackward(float64(dinput), pairRow, { rows, cols });
    assertClose(sum!, expected, { what: "dx", terms: pairs });
    gpu.release(x, dy, row, start, y, dx);
  });
}
