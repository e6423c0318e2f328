import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { openGpu } from "../../src/gpu/mod.ts";
import { type Group, packGroups } from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { gpuTest } from "../support/device.ts";
import { assertSameGradients, deviation, gradientsOf } from "../support/gradients.ts";
import { integers, normals } from "../support/inputs.ts";
import { TINY, TINY_QWEN3, tinyModel } from "../support/tiny_model.ts";

/**
 * A half is within 2^-11 of its number, so a product of two is within 2^-10. On its way through both passes of two
 * layers of four products, and through the head and back, a gradient meets 18 of them; their errors add up at worst.
 */
const TOLERANCE = 18 * 2 ** -10;
const MIXED = { precision: "mixed" } as const;
const OPTIM = { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1 };

function groups(vocab = TINY.vocabSize): Group[] {
  const rng = rngStream(71, "groups");
  const text = (length: number) => Array.from(integers(rng, length, vocab));
  return [
    { prompt: text(7), completions: [text(5), text(1), text(9)] },
    { prompt: text(1), completions: [text(11)] },
  ];
}

function weighted(vocab?: number) {
  const packed = packGroups(groups(vocab));
  return { packed, weight: normals(rngStream(72), packed.pairRow.length) };
}

for (const config of [TINY, TINY_QWEN3]) {
  gpuTest(
    `${config.architecture} has nearly the gradients of f32 in mixed precision`,
    async (gpu) => {
      const exact = await gradientsOf(gpu, config, [weighted()], 0.7);
      const mixed = await gradientsOf(gpu, config, [weighted()], 0.7, MIXED);
      assert.notDeepEqual(mixed.logp, exact.logp);
      assert.ok(deviation(mixed.logp, exact.logp) <= TOLERANCE);
      assertSameGradients(mixed, exact, { tolerance: TOLERANCE });
      const again = await gradientsOf(gpu, config, [weighted()], 0.7, {
        ...MIXED,
        recompute: true,
      });
      assert.deepEqual(again, mixed); // bit for bit, with activations kept or computed again
    },
  );
}

gpuTest(
  "steps change the f32 weights by less than a half can tell, and halves follow",
  async (gpu) => {
    using model = tinyModel(gpu, TINY, 1, "mixed");
    using learner = new Learner(model, { rows: 64, pairs: 64, temperature: 1, optim: OPTIM });
    const { packed, weight } = weighted();
    const before = await model.read();
    for (let step = 0; step < 3; step++) {
      learner.accumulate(packed, { weight });
      await learner.step(2 ** -14);
    }
    const after = await model.read();
    const name = "model.layers.1.mlp.down_proj.weight";
    const moved = after.get(name)!.filter((value, i) => value !== before.get(name)![i]).length;
    assert.ok(moved > 0.9 * before.get(name)!.length, `${moved} weights moved`);
    const half = await gpu.read(model.weights.layers[1]!.down.weight);
    assert.ok(deviation(half, after.get(name)!) <= 2 ** -10);
    assert.notDeepEqual(half, after.get(name)!);
    const head = await gpu.read(model.weights.head);
    assert.ok(deviation(head, after.get("model.embed_tokens.weight")!) <= 2 ** -10);
    assert.equal(model.weights.head.dtype, "f16");
    assert.equal(model.weights.embedding.dtype, "f32");
  },
);

gpuTest("sampling and learning agree on log-probabilities in mixed precision", async (gpu) => {
  using model = tinyModel(gpu, TINY, 1, "mixed");
  using sampler = new Sampler(model, { lanes: 4, promptRows: 32, maxTokens: 20, stop: [0] });
  const prompt = [3, 5, 7];
  const settings = { maxTokens: 20, temperature: 0.7, topP: 1, topK: 0 };
  const [samples] = await sampler.sample([{ prompt, count: 4, seed: 1 }], settings);
  const packed = packGroups([{ prompt, completions: samples!.map(({ tokens }) => tokens) }]);
  using learner = new Learner(model, { rows: 128, pairs: 128, temperature: 0.7, optim: OPTIM });
  const { logp } = await learner.score(packed);
  logp.forEach((value, p) => {
    const old = samples![packed.pairCompletion[p]!]!.logprobs[packed.pairOffset[p]!]!;
    assert.ok(Math.abs(Math.exp(value - old) - 1) < 1e-3, `${value}, sampled with ${old}`);
  });
});

gpuTest("mixed precision and tables in blocks go together", async (gpu) => {
  using narrow = await openGpu({ bindingBytes: 20 * 1024 });
  const config = { ...TINY, hiddenSize: 64, vocabSize: 200 };
  const whole = await gradientsOf(gpu, config, [weighted(200)], 1, MIXED);
  const blocks = await gradientsOf(narrow, config, [weighted(200)], 1, MIXED);
  const tolerance = 4 * 2 ** -24 * Math.sqrt(200 * 64);
  assert.ok(deviation(blocks.logp, whole.logp) <= tolerance);
  assertSameGradients(blocks, whole, { tolerance });
});
