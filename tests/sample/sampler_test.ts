import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import { packGroups } from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { Sampler, type SampleRequest } from "../../src/sample/mod.ts";
import { gpuTest } from "../support/device.ts";
import { TINY, tinyModel } from "../support/tiny_model.ts";

const SETTINGS = { lanes: 12, promptRows: 64, maxTokens: 40, stop: [0] };
const HOT = { maxTokens: 40, temperature: 0.7, topP: 1, topK: 0 };
const OPTIM = { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1 };

function requests(): SampleRequest[] {
  const rng = rngStream(5);
  return [3, 1, 7, 12, 5].map((length, i) => ({
    prompt: Array.from({ length }, () => 1 + rng.int(TINY.vocabSize - 1)),
    count: i + 1,
    seed: i,
  }));
}

for (const headDim of [8, 32]) { // of which a software adapter keeps the second's cache in images
  gpuTest(
    `sample() reports the log-probabilities that the learner computes, heads of ${headDim}`,
    async (gpu) => {
      using model = tinyModel(gpu, { ...TINY, headDim });
      using sampler = new Sampler(model, SETTINGS);
      const samples = await sampler.sample(requests(), HOT);
      const groups = requests().map(({ prompt }, i) => ({
        prompt,
        completions: samples[i]!.map(({ tokens }) => tokens),
      }));
      const packed = packGroups(groups);
      using learner = new Learner(model, { rows: 800, pairs: 800, temperature: 0.7, optim: OPTIM });
      const { logp } = await learner.score(packed);
      const sampled = samples.flat();
      const worst = logp.reduce((most, value, p) => {
        const old = sampled[packed.pairCompletion[p]!]!.logprobs[packed.pairOffset[p]!]!;
        return Math.max(most, Math.abs(Math.exp(value - old) - 1));
      }, 0);
      ok(worst < 1e-3, `largest |ratio - 1| is ${worst}`);
    },
  );
}

gpuTest("sample() gives a completion that does not depend on what else is sampled", async (gpu) => {
  using model = tinyModel(gpu);
  using sampler = new Sampler(model, SETTINGS);
  const together = await sampler.sample(requests(), HOT);
  const alone = await sampler.sample([requests()[3]!], HOT);
  deepStrictEqual(together[3]!.map(({ tokens }) => tokens), alone[0]!.map(({ tokens }) => tokens));
  const first = together[3]!.map(({ tokens }) => tokens.join());
  ok(new Set(first).size > 1, "completions of one prompt differ");
});

for (const headDim of [8, 32]) {
  gpuTest(
    `sample() gives the same completions however few lanes they share in turn, heads of ${headDim}`,
    async (gpu) => {
      using model = tinyModel(gpu, { ...TINY, headDim });
      using wide = new Sampler(model, { ...SETTINGS, lanes: 15 });
      using narrow = new Sampler(model, { ...SETTINGS, lanes: 4, promptRows: 12 });
      const hot = { ...HOT, temperature: 1.5 };
      const expected = await wide.sample(requests(), hot);
      deepStrictEqual(await narrow.sample(requests(), hot), expected);
    },
  );
}

/** How often 40 tokens of each completion are looked at. */
async function countLooks(gpu: Gpu, stop: readonly number[]): Promise<number> {
  using model = tinyModel(gpu);
  using sampler = new Sampler(model, { ...SETTINGS, stop });
  const readAll = gpu.readAll.bind(gpu);
  let reads = 0;
  gpu.readAll = (tensors) => {
    reads++;
    return readAll(tensors);
  };
  try {
    await sampler.sample(requests().slice(0, 2), HOT);
  } finally {
    gpu.readAll = readAll;
  }
  return reads;
}

gpuTest("sample() reads back at most once every 16 tokens", async (gpu) => {
  strictEqual(await countLooks(gpu, [TINY.vocabSize]), Math.ceil(40 / 16)); // a token that is never drawn
  strictEqual(await countLooks(gpu, []), 1);
});

gpuTest("sample() ends at a stop token or at the limit, whichever comes first", async (gpu) => {
  using model = tinyModel(gpu);
  using sampler = new Sampler(model, SETTINGS);
  const samples = (await sampler.sample(requests(), { ...HOT, temperature: 1.5 })).flat();
  strictEqual(samples.length, 15);
  for (const { tokens, logprobs, finished } of samples) {
    strictEqual(tokens.length, logprobs.length);
    strictEqual(finished, tokens.at(-1) === 0);
    ok(finished || tokens.length === 40);
    ok(!tokens.slice(0, -1).includes(0));
  }
  ok(samples.some(({ finished }) => finished) && samples.some(({ finished }) => !finished));
  await rejects(sampler.sample(requests(), { ...HOT, maxTokens: 41 }), /the cache holds 40 a lane/);
  const long = { prompt: Array.from({ length: 26 }, () => 1), count: 1, seed: 0 };
  await rejects(sampler.sample([long], HOT), /40 tokens after 26: the model has 64 positions/);
});

gpuTest("sample() at temperature 0 takes the likeliest token every time", async (gpu) => {
  using model = tinyModel(gpu);
  using sampler = new Sampler(model, SETTINGS);
  const greedy = { ...HOT, temperature: 0 };
  const [first, second] = [
    await sampler.sample(requests(), greedy),
    await sampler.sample(requests(), greedy),
  ];
  deepStrictEqual(first, second);
  deepStrictEqual(first[4]![0]!.tokens, first[4]![1]!.tokens);
});

gpuTest("sample() without stop tokens ends at the limit alone", async (gpu) => {
  using model = tinyModel(gpu);
  using sampler = new Sampler(model, { ...SETTINGS, stop: [] });
  const samples = (await sampler.sample(requests(), { ...HOT, temperature: 1.5 })).flat();
  ok(samples.some(({ tokens }) => tokens.slice(0, -1).includes(0)), "0 is a token like others");
  for (const { tokens, finished } of samples) {
    strictEqual(tokens.length, 40);
    strictEqual(finished, false);
  }
});
