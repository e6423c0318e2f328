/**
 * What a GPU would run, run here: the kernels that adapters which are no software get by default.
 */
import { ok } from "node:assert/strict";
import { syntheticGroups, timeTraining } from "../../src/bench/mod.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { asHardware, gpuTest } from "../support/device.ts";
import { worstRatio } from "../support/ratios.ts";
import { TINY, tinyModel } from "../support/tiny_model.ts";

gpuTest("a GPU's kernels train as those of a software adapter do", async (gpu) => {
  const texts = syntheticGroups({ groups: 2, prompt: 12, answers: 3, answer: 9 });
  const [soft] = await timeTraining(gpu, [{ groups: texts }], 3);
  const [hard] = await timeTraining(asHardware(gpu), [{ groups: texts }], 3);
  hard!.loss.forEach((value, step) => {
    const expected = soft!.loss[step]!;
    ok(Math.abs(value - expected) < 2e-5, `step ${step}: ${value}, expected ${expected}`);
  });
  ok(hard!.loss[2]! < hard!.loss[0]! - 0.1, "it learns");
});

gpuTest("a GPU's kernels sample with the log-probabilities that they compute", async (gpu) => {
  const config = { ...TINY, headDim: 32 };
  using model = tinyModel(asHardware(gpu), config);
  using sampler = new Sampler(model, { lanes: 6, promptRows: 64, maxTokens: 24, stop: [0] });
  const prompts = [[3, 1, 7, 12, 5], [9, 2], [4, 4, 4, 8, 15, 16, 23]];
  const requests = prompts.map((prompt, seed) => ({ prompt, count: 4, seed }));
  const hot = { maxTokens: 24, temperature: 1, topP: 1, topK: 0 };
  const worst = await worstRatio(model, sampler, requests, hot);
  ok(worst < 1e-3, `largest |ratio - 1| is ${worst}`);
});
