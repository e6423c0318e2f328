import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import { pool, type Pooling } from "../../src/ops/pool.ts";
import * as reference from "../reference/pool.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, normals } from "../support/inputs.ts";

async function run(
  gpu: Gpu,
  input: Float32Array<ArrayBuffer>,
  segments: [number, number][],
  { cols, pooling }: { cols: number; pooling: Pooling },
) {
  const x = gpu.from("x", [input.length / cols, cols], input);
  const bounds = gpu.from("bounds", [segments.length, 2], Uint32Array.from(segments.flat()));
  const y = gpu.tensor("y", [segments.length, cols]);
  const pass = gpu.pass("pool");
  pool(pass, { x, bounds }, y, pooling);
  pass.submit();
  const read = await gpu.read(y);
  gpu.release(x, bounds, y);
  return read;
}

for (const pooling of ["mean", "last"] as const) {
  for (
    const [cols, segments] of [
      [1, [[0, 1]]],
      [37, [[0, 5], [5, 6], [2, 4]]],
      [128, [[0, 60], [60, 171], [171, 172]]],
    ] as [number, [number, number][]][]
  ) {
    gpuTest(`pool() agrees with its reference: ${pooling} of ${cols} columns`, async (gpu) => {
      const rows = Math.max(...segments.flat());
      const input = normals(rngStream(21, "pool", cols), rows * cols);
      const actual = await run(gpu, input, segments, { cols, pooling });
      const expected = reference.pool(float64(input), segments, { cols, pooling });
      assertClose(actual, expected, { what: "y", terms: cols * rows });
    });
  }
}

gpuTest("pool() leaves a zero vector zero", async (gpu) => {
  const options = { cols: 4, pooling: "mean" } as const;
  const actual = await run(gpu, Float32Array.of(1, 2, 0, 0, -1, -2, 0, 0), [[0, 2]], options);
  assert.deepEqual([...actual], [0, 0, 0, 0]);
});
