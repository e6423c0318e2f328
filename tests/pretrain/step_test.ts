import assert from "node:assert/strict";
import type { Gpu } from "../../src/gpu/mod.ts";
import { packGroups } from "../../src/model/mod.ts";
import { type EncodedExample, pretrainStep, validate } from "../../src/pretrain/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { decoderForward } from "../reference/decoder.ts";
import { gpuTest } from "../support/device.ts";
import { deviation, gradientsOf } from "../support/gradients.ts";
import { float64 } from "../support/inputs.ts";
import { TINY, tinyModel, tinyWeights } from "../support/tiny_model.ts";

const EXAMPLES: EncodedExample[] = [
  { role: "fix", level: 1, prompt: [3, 1, 4, 1, 5], answer: [9, 2, 0] },
  { role: "solve", level: 1, prompt: [6], answer: [5, 3, 5, 8, 0] },
  { role: "break", level: 2, prompt: [9, 7, 9], answer: [0] },
];
/** Predicted tokens: all but the first of each example. */
const [ANSWER_TOKENS, PROMPT_TOKENS] = [9, 6];
const OPTIM = { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1e9 };
const TOLERANCE = 1e-5;

/** All examples as texts, whether a prediction is of an answer's token, and what float64 makes of them. */
function expected() {
  const packed = packGroups(EXAMPLES.map(({ prompt, answer }) => ({
    prompt: prompt.slice(0, 1),
    completions: [[...prompt.slice(1), ...answer]],
  })));
  const isAnswer = Array.from(
    packed.pairOffset,
    (offset, p) => offset + 1 >= EXAMPLES[packed.pairCompletion[p]!]!.prompt.length,
  );
  const weights = new Map([...tinyWeights(TINY, 1)].map(([name, w]) => [name, float64(w)]));
  const { logp } = decoderForward(TINY, weights, packed);
  const mean = (part: boolean) => {
    const own = logp.filter((_, p) => isAnswer[p] === part);
    return -own.reduce((sum, value) => sum + value, 0) / own.length;
  };
  return { packed, isAnswer, answer: mean(true), prompt: mean(false) };
}

/** A step on a fresh model: what it says, and the gradient it took, from the optimiser's running mean. */
async function step(gpu: Gpu, settings: { promptWeight: number; rows: number }) {
  using model = tinyModel(gpu);
  const { rows, promptWeight } = settings;
  using learner = new Learner(model, { rows, pairs: rows, temperature: 1, optim: OPTIM });
  const losses = await pretrainStep(learner, EXAMPLES, {
    promptWeight,
    changeWeight: 1,
    rate: 1e-2,
  });
  const moments = [...learner.optimizer.moments()].filter(([name]) => name.endsWith(".m"));
  const means = await gpu.readAll(moments.map(([, tensor]) => tensor));
  return { losses, gradient: means.flatMap((mean) => Array.from(mean, (value) => 10 * value)) };
}

for (const promptWeight of [0, 0.25, 1]) {
  gpuTest(`pretrainStep() weighs prompt tokens ${promptWeight}, answer tokens 1`, async (gpu) => {
    const { packed, isAnswer, answer, prompt } = expected();
    const total = ANSWER_TOKENS + promptWeight * PROMPT_TOKENS;
    const weight = Float32Array.from(isAnswer, (own) => (own ? 1 : promptWeight) / total);
    const { gradients } = await gradientsOf(gpu, TINY, [{ packed, weight }]);
    const all = [...gradients.values()].flatMap((gradient) => Array.from(gradient));
    for (const rows of [64, 7]) { // in one micro-batch, and in three
      const { losses, gradient } = await step(gpu, { promptWeight, rows });
      assert.equal(losses.tokens, ANSWER_TOKENS + PROMPT_TOKENS);
      assert.ok(Math.abs(losses.answer / answer - 1) <= TOLERANCE, "answer's loss");
      assert.ok(Math.abs(losses.prompt / prompt - 1) <= TOLERANCE, "prompt's loss");
      assert.ok(Math.abs(losses.gradNorm / Math.hypot(...all) - 1) <= TOLERANCE, "norm");
      assert.ok(deviation(gradient, all) <= TOLERANCE, "gradient");
    }
  });
}

gpuTest("validate() gives the losses of a step and changes nothing", async (gpu) => {
  using model = tinyModel(gpu);
  using learner = new Learner(model, { rows: 7, pairs: 7, temperature: 1, optim: OPTIM });
  const { answer, prompt } = expected();
  for (let time = 0; time < 2; time++) {
    const losses = await validate(learner, EXAMPLES);
    assert.ok(Math.abs(losses.answer / answer - 1) <= TOLERANCE);
    assert.ok(Math.abs(losses.prompt / prompt - 1) <= TOLERANCE);
  }
  assert.equal(learner.optimizer.steps, 0);
});

gpuTest("pretrainStep() learns a small set by heart", async (gpu) => {
  using model = tinyModel(gpu);
  using learner = new Learner(model, { rows: 64, pairs: 64, temperature: 1, optim: OPTIM });
  const losses = [];
  for (let n = 0; n < 60; n++) {
    losses.push(
      (await pretrainStep(learner, EXAMPLES, { promptWeight: 0, changeWeight: 1, rate: 1e-2 }))
        .answer,
    );
  }
  assert.ok(losses[0]! > 1 && losses.at(-1)! < 0.02, `${losses[0]} -> ${losses.at(-1)}`);
});
