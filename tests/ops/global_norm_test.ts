import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { countPartials, globalNorm } from "../../src/ops/global_norm.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { normals } from "../support/inputs.ts";

for (const shapes of [[[1, 1]], [[5, 37], [8192], [8193], [3]], [[300, 128], [128]]]) {
  gpuTest(`globalNorm() of ${JSON.stringify(shapes)} and the factor that clips it`, async (gpu) => {
    const rng = rngStream(18, "global_norm", shapes.length);
    const values = shapes.map((shape) => normals(rng, shape.reduce((a, b) => a * b, 1)));
    const gradients = values.map((data, i) => gpu.from("dw", shapes[i]!, data));
    const out = {
      partials: gpu.tensor("partials", [countPartials(shapes)]),
      norm: gpu.tensor("norm", [1]),
      clip: gpu.tensor("clip", [1]),
    };
    const squares = values.flatMap((data) => [...data]).reduce((sum, d) => sum + d * d, 0);
    const expected = Math.sqrt(squares);
    for (const limit of [expected / 4, expected * 4]) {
      const pass = gpu.pass("global_norm");
      globalNorm(pass, gradients, out, limit);
      pass.submit();
      const [norm, clip] = await gpu.readAll([out.norm, out.clip]);
      assertClose(norm!, [expected], { what: "norm", terms: 8192 });
      assertClose(clip!, [Math.min(1, limit / expected)], { what: "clip", terms: 8192 });
    }
  });
}

gpuTest("globalNorm() does not clip gradients of zero", async (gpu) => {
  const out = {
    partials: gpu.tensor("partials", [1]),
    norm: gpu.tensor("norm", [1]),
    clip: gpu.tensor("clip", [1]),
  };
  const pass = gpu.pass("global_norm");
  globalNorm(pass, [gpu.tensor("dw", [9])], out, 1);
  pass.submit();
  const [norm, clip] = await gpu.readAll([out.norm, out.clip]);
  assert.deepEqual([norm![0], clip![0]], [0, 1]);
});
