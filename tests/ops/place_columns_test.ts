import assert from "node:assert/strict";
import { placeColumns } from "../../src/ops/place_columns.ts";
import { gpuTest } from "../support/device.ts";

for (const [rows, cols, width, first] of [[1, 1, 1, 0], [5, 37, 100, 63], [70, 64, 130, 66]]) {
  gpuTest(`placeColumns() copies ${rows}x${cols} to column ${first} of ${width}`, async (gpu) => {
    const block = Float32Array.from({ length: rows! * cols! }, (_, i) => i + 1);
    const x = gpu.from("x", [rows!, cols!], block);
    const y = gpu.from("y", [rows!, width!], new Float32Array(rows! * width!).fill(-1));
    const pass = gpu.pass("place");
    placeColumns(pass, x, y, first!);
    pass.submit();
    const expected = Float32Array.from({ length: rows! * width! }, (_, i) => {
      const [r, c] = [Math.floor(i / width!), i % width! - first!];
      return c >= 0 && c < cols! ? block[r * cols! + c]! : -1;
    });
    assert.deepEqual(await gpu.read(y), expected);
    gpu.release(x, y);
  });
}

gpuTest("placeColumns() refuses a block that reaches beyond the last column", (gpu) => {
  const [x, y] = [gpu.tensor("x", [2, 4]), gpu.tensor("y", [2, 6])];
  assert.throws(() => placeColumns(gpu.pass("wrong"), x, y, 3), /Cannot use place_columns y/);
});
