/**
 * What a GPU would run, run here: the kernels that adapters which are no software get by default.
 */
import { ok } from "node:assert/strict";
import { syntheticGroups, timeTraining } from "../../src/bench/mod.ts";
import { Gpu } from "../../src/gpu/mod.ts";
import { packGroups } from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { gpuTest } from "../support/device.ts";
import { TINY, tinyModel } from "../support/tiny_model.ts";

const OPTIM = { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1 };

/** The same device, which claims to be no software. */
function hardware(gpu: Gpu): Gpu {
  return new Gpu(gpu.device, { ...gpu.adapter, software: false }, {});
}

gpuTest("a GPU's kernels train as those of a software adapter do", async (gpu) => {
  const texts = syntheticGroups({ groups: 2, prompt: 12, answers: 3, answer: 9 });
  const [soft] = await timeTraining(gpu, [{ groups: texts }], 3);
  const [hard] = await timeTraining(hardware(gpu), [{ groups: texts }], 3);
  hard!.loss.forEach((value, step) => {
    const expected = soft!.loss[step]!;
    ok(Math.abs(value - expected) < 2e-5, `step ${step}: ${value}, expected ${expected}`);
  });
  ok(hard!.loss[2]! < hard!.loss[0]! - 0.1, "it learns");
});

gpuTest("a GPU's kernels sample with the log-probabilities that they compute", async (gpu) => {
  const config = { ...TINY, headDim: 32 };
  using model = tinyModel(hardware(gpu), config);
  using sampler = new Sampler(model, { lanes: 6, promptRows: 64, maxTokens: 24, stop: [0] });
  const prompts = [[3, 1, 7, 12, 5], [9, 2], [4, 4, 4, 8, 15, 16, 23]];
  const requests = prompts.map((prompt, seed) => ({ prompt, count: 4, seed }));
  const hot = { maxTokens: 24, temperature: 1, topP: 1, topK: 0 };
  const samples = await sampler.sample(requests, hot);
  const groups = prompts.map((prompt, i) => ({
    prompt,
    completions: samples[i]!.map(({ tokens }) => tokens),
  }));
  const packed = packGroups(groups);
  using learner = new Learner(model, { rows: 400, pairs: 400, temperature: 1, optim: OPTIM });
  const { logp } = await learner.score(packed);
  const drawn = samples.flat();
  const worst = logp.reduce((most, value, p) => {
    const old = drawn[packed.pairCompletion[p]!]!.logprobs[packed.pairOffset[p]!]!;
    return Math.max(most, Math.abs(Math.exp(value - old) - 1));
  }, 0);
  ok(worst < 1e-3, `largest |ratio - 1| is ${worst}`);
});
