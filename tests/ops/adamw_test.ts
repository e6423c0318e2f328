import { rngStream } from "../../src/base/mod.ts";
import { adamw } from "../../src/ops/adamw.ts";
import * as reference from "../reference/adamw.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, normals } from "../support/inputs.ts";

const OPTIONS = { rate: 1e-2, decay: 0.1, beta1: 0.9, beta2: 0.95 };
const CLIP = 0.25;

for (const shape of [[1, 1], [5, 37], [257], [64, 128]]) {
  gpuTest(`adamw() takes five steps as its reference does on [${shape}]`, async (gpu) => {
    const count = shape.reduce((product, length) => product * length, 1);
    const rng = rngStream(17, "adamw", count);
    const start = normals(rng, count);
    const state = {
      w: gpu.from("w", shape, start),
      m: gpu.tensor("m", shape),
      v: gpu.tensor("v", shape),
    };
    const clip = gpu.from("clip", [1], Float32Array.of(CLIP));
    const expected = {
      w: float64(start),
      m: new Float64Array(count),
      v: new Float64Array(count),
    };
    const gradients = [1, 2, 3, 4, 5].map(() => normals(rng, count));
    for (const [i, gradient] of gradients.entries()) {
      const dw = gpu.from("dw", shape, gradient);
      const pass = gpu.pass("adamw");
      adamw(pass, state, { dw, clip }, { ...OPTIONS, step: i + 1 });
      pass.submit();
      reference.adamw(expected, float64(gradient), { ...OPTIONS, step: i + 1, clip: CLIP });
    }
    const [w, m, v] = await gpu.readAll([state.w, state.m, state.v]);
    const terms = 5 * 4; // five steps of four roundings
    assertClose(w!, expected.w, { what: "w", terms });
    assertClose(m!, expected.m, { what: "m", terms });
    assertClose(v!, expected.v, { what: "v", terms });
  });
}
