import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { RlConfig } from "../../src/config/rl.ts";
import { packGroups, Scorer } from "../../src/model/mod.ts";
import { Learner, runUpdate, truncatedWeights, type WeightedGroup } from "../../src/rl/mod.ts";
import { gpuTest } from "../support/device.ts";
import { deviation } from "../support/gradients.ts";
import { integers } from "../support/inputs.ts";
import { TINY, tinyModel, tinyWeights } from "../support/tiny_model.ts";

const SIZES = {
  ...{ rows: 64, pairs: 64, temperature: 0.7 },
  optim: { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1e9 },
};

Deno.test("truncatedWeights() agree with the table", () => {
  const sampled = [Math.log(0.5), Math.log(0.2), Math.log(0.1), Math.log(0.25)];
  const proximal = [Math.log(0.25), Math.log(0.2), Math.log(0.4), Math.log(0.5)];
  const weights = truncatedWeights(proximal, sampled, 2);
  [0.5, 1, 2, 2].forEach((weight, t) => assert.ok(Math.abs(weights[t]! - weight) < 1e-6));
});

gpuTest("runUpdate() corrects stale rollouts by their truncated weights", async (gpu) => {
  using model = tinyModel(gpu);
  using scorer = new Scorer(model, SIZES);
  const rng = rngStream(5);
  const ids = (n: number): number[] => Array.from(integers(rng, n, TINY.vocabSize));
  const texts = { prompt: ids(5), completions: [ids(6), ids(4)] };
  const packed = packGroups([texts]);
  const logp = await scorer.score(packed);
  const sampled = logp.map((value) => value + rng.normal());
  const of = (completion: number): Float32Array =>
    sampled.filter((_, p) => packed.pairCompletion[p] === completion);
  const group: WeightedGroup = {
    ...texts,
    ...{ role: "fixer", id: "a", advantages: [1, -0.5], tokenWeights: [0.1, 0.2] },
    oldLogprobs: [of(0), of(1)],
  };
  const settings = { config: RlConfig.parse({ importanceCap: 1.5 }), rate: 1e-3 };
  using expected = new Learner(model, SIZES);
  const weight = Float32Array.from(logp, (value, p) => {
    const [advantage, factor] = [[1, 0.1], [-0.5, 0.2]][packed.pairCompletion[p]!]!;
    return factor! * advantage! * Math.min(Math.exp(value - sampled[p]!), 1.5);
  });
  await expected.accumulate(packed, { weight });
  const gradients = await gpu.readAll(
    [...tinyWeights(TINY, 1).keys()].map((name) => expected.gradient(name)),
  );
  using strict = new Learner(model, SIZES);
  await assert.rejects(
    runUpdate(strict, [[group]], { ...settings, config: RlConfig.parse({}) }),
    /sampler and trainer disagree/,
  );
  using learner = new Learner(model, SIZES);
  const metrics = await runUpdate(learner, [[group]], settings);
  assert.ok(metrics["importance.truncatedShare"]! > 0 && metrics["importance.truncatedShare"]! < 1);
  assert.ok(metrics["ratio.firstDeviation"]! < 1e-5);
  const moments = new Map(learner.optimizer.moments());
  for (const [i, name] of [...tinyWeights(TINY, 1).keys()].entries()) {
    const mean = (await gpu.read(moments.get(`${name}.m`)!)).map((value) => value * 10);
    assert.ok(deviation(mean, gradients[i]!) <= 1e-5, name); // after one step the mean is a tenth
  }
});
