import assert from "node:assert/strict";
import { loadModel, packGroups, readCheckpoint } from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { gpuTest } from "../support/device.ts";

/** Ten steps of training in float64 by PyTorch; `origin` in the file says how it was made. */
interface Golden {
  readonly prompt: number[];
  readonly completions: number[][];
  readonly optim: {
    readonly rate: number;
    readonly decay: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly gradNorm: number;
  };
  readonly losses: number[];
  readonly gradNorms: number[];
}

/**
 * Relative, on losses and gradient norms. Rounding alone makes up to 3e-6: where a gradient is as small as its rounding,
 * Adam's first steps follow the sign of the rounding. Decay of the gains, for comparison, makes 4e-4 at once.
 */
const TOLERANCE = 2e-5;

for (const name of ["qwen2", "qwen3"]) {
  gpuTest(`ten steps of a ${name} model reproduce the losses of PyTorch`, async (gpu) => {
    const dir = `tests/reference/golden/${name}`;
    const golden: Golden = JSON.parse(await Deno.readTextFile(`${dir}/training.json`));
    const { prompt, completions, optim } = golden;
    using model = await loadModel(gpu, await readCheckpoint(dir), 128);
    using learner = new Learner(model, { rows: 128, pairs: 128, temperature: 1, optim });
    const packed = packGroups([{ prompt, completions }]);
    const count = packed.pairRow.length;
    const weight = new Float32Array(count).fill(1 / count);
    assert.equal(golden.losses.length, 10);
    for (const [step, expected] of golden.losses.entries()) {
      const { logp } = await learner.accumulate(packed, { weight });
      const loss = -logp.reduce((sum, value) => sum + value, 0) / count;
      const norm = await learner.step(optim.rate);
      const errors = [Math.abs(loss / expected - 1), Math.abs(norm / golden.gradNorms[step]! - 1)];
      assert.ok(Math.max(...errors) <= TOLERANCE, `step ${step}: relative errors ${errors}`);
    }
  });
}
