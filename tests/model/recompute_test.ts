import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import {
  ActivationBuffers,
  activationBytes,
  type ModelConfig,
  packGroups,
  parameterTable,
} from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { gpuTest } from "../support/device.ts";
import { integers, normals } from "../support/inputs.ts";
import { TINY, TINY_QWEN3, tinyModel } from "../support/tiny_model.ts";

/** Log-probabilities and gradients of two micro-batches, and the norm of a step after them. */
async function learn(gpu: Gpu, config: ModelConfig, recompute: boolean) {
  using model = tinyModel(gpu, config);
  const optim = { decay: 0.1, beta1: 0.9, beta2: 0.95, gradNorm: 1 };
  using learner = new Learner(model, { rows: 64, pairs: 64, temperature: 0.7, optim, recompute });
  const rng = rngStream(51);
  const text = (length: number) => Array.from(integers(rng, length, config.vocabSize));
  const logps = [];
  for (let batch = 0; batch < 2; batch++) {
    const packed = packGroups([{ prompt: text(7), completions: [text(5), text(9)] }]);
    const weight = normals(rng, packed.pairRow.length);
    logps.push((await learner.accumulate(packed, { weight })).logp);
  }
  const names = parameterTable(config).map(({ name }) => name);
  const gradients = await gpu.readAll(names.map((name) => learner.gradient(name)));
  const norm = await learner.step(1e-3);
  return { logps, gradients, norm, weights: await model.read() };
}

// Three layers, so that one in the middle is run again from an input that another one made.
for (const config of [{ ...TINY, layers: 3 }, { ...TINY_QWEN3, layers: 3 }]) {
  gpuTest(
    `${config.architecture} learns the same bits with activations computed again`,
    async (gpu) => {
      const [kept, again] = [await learn(gpu, config, false), await learn(gpu, config, true)];
      assert.ok(kept.gradients.every((gradient) => gradient.some((value) => value !== 0)));
      assert.deepEqual(again, kept);
    },
  );
}

gpuTest("activationBytes() counts what ActivationBuffers allocates", (gpu) => {
  for (const keep of ["all", "inputs", "nothing"] as const) {
    for (const precision of ["f32", "mixed"] as const) {
      const before = gpu.allocatedBytes;
      const sizes = { rows: 50, keep, precision };
      {
        using _buffers = new ActivationBuffers(gpu, TINY_QWEN3, sizes);
        assert.equal(gpu.allocatedBytes - before, activationBytes(TINY_QWEN3, sizes));
      }
      assert.equal(gpu.allocatedBytes, before);
    }
  }
});
