import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { RlConfig } from "../../src/config/rl.ts";
import type { Gpu, Tensor } from "../../src/gpu/mod.ts";
import { type Model, packGroups, Scorer } from "../../src/model/mod.ts";
import { Learner, runUpdate, type UpdateSettings, type WeightedGroup } from "../../src/rl/mod.ts";
import { hostGradient } from "../../src/rl/host_gradient.ts";
import { updateMetrics } from "../../src/rl/update_metrics.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { decoderForward } from "../reference/decoder.ts";
import { gpuTest } from "../support/device.ts";
import { deviation } from "../support/gradients.ts";
import { float64, integers } from "../support/inputs.ts";
import { TINY, tinyModel, tinyWeights } from "../support/tiny_model.ts";

const TEMPERATURE = 0.7;
const OPTIM = { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1e9 };
const CLIP = RlConfig.parse({});
const TOLERANCE = 1e-5;

/** Two groups of the policy's own samples, with what they were sampled at. */
async function sampledGroups(model: Model): Promise<WeightedGroup[]> {
  const settings = { maxTokens: 12, temperature: TEMPERATURE, topP: 1, topK: 0 };
  using sampler = new Sampler(model, { lanes: 8, promptRows: 32, maxTokens: 12, stop: [0] });
  const rng = rngStream(41);
  const requests = [4, 3].map((count, seed) => ({
    prompt: Array.from(integers(rng, 6 + seed, TINY.vocabSize)),
    count,
    seed,
  }));
  const samples = await sampler.sample(requests, settings);
  return samples.map((completions, g) => ({
    role: g === 0 ? "generator" : "fixer",
    id: String(g),
    prompt: requests[g]!.prompt,
    completions: completions.map(({ tokens }) => tokens),
    oldLogprobs: completions.map(({ logprobs }) => logprobs),
    advantages: completions.map((_, i) => i % 2 === 0 ? 1 : -0.75),
    tokenWeights: completions.map((_, i) => 0.02 * (i + 1)),
  }));
}

/** Groups whose samples came from a policy that is some way off. */
function moved(groups: readonly WeightedGroup[], scale: number): WeightedGroup[] {
  const rng = rngStream(42);
  return groups.map((group) => ({
    ...group,
    oldLogprobs: group.oldLogprobs.map((old) =>
      Float32Array.from(old!, (value) => value + scale * rng.normal())
    ),
  }));
}

interface Updated {
  readonly metrics: Record<string, number>;
  /** Running mean of the gradient: after one step a tenth of it. */
  readonly means: Float32Array;
  readonly steps: number;
}

/** What an update leaves in the optimiser of a fresh policy. */
async function update(
  gpu: Gpu,
  miniBatches: readonly (readonly WeightedGroup[])[],
  settings: Partial<UpdateSettings> & { rows?: number } = {},
): Promise<Updated> {
  const { rows = 128, ...given } = settings;
  using model = tinyModel(gpu);
  using learner = new Learner(model, { rows, pairs: rows, temperature: TEMPERATURE, optim: OPTIM });
  const metrics = await runUpdate(learner, miniBatches, { config: CLIP, rate: 1e-3, ...given });
  const moments = [...learner.optimizer.moments()].filter(([name]) => name.endsWith(".m"));
  const values = await gpu.readAll(moments.map(([, tensor]): Tensor => tensor));
  const means = Float32Array.from(values.flatMap((value) => Array.from(value)));
  return { metrics, means, steps: learner.optimizer.steps };
}

gpuTest("accumulate() computes the clipped loss as the host does, off policy", async (gpu) => {
  using model = tinyModel(gpu);
  const groups = moved(await sampledGroups(model), 0.7);
  const packed = packGroups(groups);
  const of = (p: number) => {
    const all = groups.flatMap(({ oldLogprobs, advantages, tokenWeights }) =>
      oldLogprobs.map((old, i) => ({ old, advantage: advantages[i]!, weight: tokenWeights[i]! }))
    );
    return all[packed.pairCompletion[p]!]!;
  };
  const column = (value: (p: number) => number) =>
    Float32Array.from(packed.pairRow, (_, p) => value(p));
  const inputs = {
    weight: column((p) => of(p).weight),
    advantage: column((p) => of(p).advantage),
    old: column((p) => of(p).old![packed.pairOffset[p]!]!),
    reference: column((p) => -3 + Math.sin(p)),
  };
  const config = { ...CLIP, klWeight: 0.1 };
  const sizes = { rows: 128, pairs: 128, temperature: TEMPERATURE, optim: OPTIM };
  using onGpu = new Learner(model, sizes);
  using onHost = new Learner(model, sizes);
  const range = { low: config.clipLow, high: config.clipHigh, dual: config.dualClip, kl: 0.1 };
  const { logp, terms } = await onGpu.accumulate(packed, inputs, range);
  const host = hostGradient(packed, { logp, inputs, config });
  await onHost.accumulate(packed, { weight: host.weight });
  const clipped = terms.filter((_, i) => i % 4 === 2).reduce((sum, value) => sum + value, 0);
  assert.ok(clipped > 5 && clipped < packed.pairRow.length / 2, `${clipped} clipped`);
  for (let part = 0; part < 4; part++) {
    const own = (_: number, i: number) => i % 4 === part;
    assert.ok(deviation(terms.filter(own), host.terms.filter(own)) <= TOLERANCE, `term ${part}`);
  }
  for (const name of tinyWeights(TINY, 1).keys()) {
    const [a, b] = await gpu.readAll([onGpu.gradient(name), onHost.gradient(name)]);
    assert.ok(deviation(a!, b!) <= TOLERANCE, name);
  }
});

gpuTest(
  "runUpdate() takes the same step by every loss where the policy is the sampler",
  async (gpu) => {
    using model = tinyModel(gpu);
    const groups = await sampledGroups(model);
    const clip = await update(gpu, [groups]);
    assert.equal(clip.steps, 1);
    assert.ok(clip.metrics["ratio.firstDeviation"]! < 1e-4);
    assert.equal(clip.metrics["clipFraction"], 0);
    assert.equal(clip.metrics["trainedTokens"], packGroups(groups).pairRow.length);
    for (const loss of ["gspo", "cispo"] as const) {
      const other = await update(gpu, [groups], { config: { ...CLIP, loss } });
      assert.ok(deviation(other.means, clip.means) <= 1e-4, loss); // the ratios are 1 within 1e-4
      assert.ok(Math.abs(other.metrics["gradNorm"]! / clip.metrics["gradNorm"]! - 1) <= 1e-4);
    }
  },
);

gpuTest("runUpdate() lets the losses differ where the policy has moved", async (gpu) => {
  using model = tinyModel(gpu);
  const groups = await sampledGroups(model);
  const batches = [groups, moved(groups, 0.5)];
  const updates = [];
  for (const loss of ["clip", "gspo", "cispo"] as const) {
    updates.push(await update(gpu, batches, { config: { ...CLIP, loss } }));
  }
  const [clip, gspo, cispo] = updates as [Updated, Updated, Updated];
  assert.equal(clip.steps, 2);
  for (const other of [gspo, cispo]) assert.ok(deviation(other.means, clip.means) > 0.01);
  assert.ok(clip.metrics["clipFraction"]! > 0);
});

gpuTest("runUpdate() takes one step however many micro-batches there are", async (gpu) => {
  using model = tinyModel(gpu);
  const groups = await sampledGroups(model);
  const rows = Math.max(...groups.map((group) => packGroups([group]).tokens.length));
  const [whole, split] = [
    await update(gpu, [groups]),
    await update(gpu, [groups], { rows }),
  ];
  assert.equal(split.steps, 1);
  assert.ok(deviation(split.means, whole.means) <= TOLERANCE);
});

gpuTest("runUpdate() refuses samples that the policy does not agree with", async (gpu) => {
  using model = tinyModel(gpu);
  const groups = await sampledGroups(model);
  const off = moved(groups, 5e-3);
  await assert.rejects(update(gpu, [off]), /sampler and trainer disagree, \|ratio - 1\| reaches/);
  const broken = groups.map((group) => ({
    ...group,
    oldLogprobs: group.oldLogprobs.map((old) => Float32Array.from(old!, () => NaN)),
  }));
  await assert.rejects(update(gpu, [broken]), /sampler and trainer disagree/);
  // Later mini-batches meet a policy that has moved on.
  assert.equal((await update(gpu, [groups, off])).steps, 2);
});

gpuTest("runUpdate() learns from text that was not sampled by its likelihood", async (gpu) => {
  using model = tinyModel(gpu);
  const groups = (await sampledGroups(model)).map((group) => ({
    ...group,
    oldLogprobs: group.completions.map(() => undefined),
    advantages: group.completions.map(() => 1),
  }));
  const { metrics, means } = await update(gpu, [groups]);
  assert.equal(metrics["ratio.max"], 1);
  assert.equal(metrics["ratio.firstDeviation"], 0);
  const packed = packGroups(groups);
  const weights = groups.flatMap(({ tokenWeights }) => tokenWeights);
  const weight = Float32Array.from(packed.pairCompletion, (completion) => weights[completion]!);
  using learner = new Learner(model, {
    rows: 128,
    pairs: 128,
    temperature: TEMPERATURE,
    optim: OPTIM,
  });
  await learner.accumulate(packed, { weight });
  const gradients = await gpu.readAll(
    [...tinyWeights(TINY, 1).keys()].map((name) => learner.gradient(name)),
  );
  const expected = gradients.flatMap((gradient) => Array.from(gradient, (value) => 0.1 * value));
  assert.ok(deviation(means, expected) <= TOLERANCE);
});

gpuTest("runUpdate() keeps the ratios of samples beside text that was not sampled", async (gpu) => {
  using model = tinyModel(gpu);
  const [first, second] = await sampledGroups(model) as [WeightedGroup, WeightedGroup];
  const [off] = moved([first], 5e-3) as [WeightedGroup];
  const written = { ...second, oldLogprobs: second.completions.map(() => undefined) };
  await assert.rejects(update(gpu, [[off, written]]), /sampler and trainer disagree/);
  const { metrics } = await update(gpu, [[first, written]]);
  assert.equal(metrics["trainedTokens"], packGroups([first, second]).pairRow.length);
});

gpuTest("runUpdate() penalises the distance from a reference policy", async (gpu) => {
  using model = tinyModel(gpu);
  const groups = await sampledGroups(model);
  const packed = packGroups(groups);
  const config = { ...CLIP, klWeight: 0.1 };
  const sizes = { rows: 128, pairs: 128, temperature: TEMPERATURE };
  const plain = await update(gpu, [groups]);
  using same = new Scorer(model, sizes);
  const unmoved = await update(gpu, [groups], { config, reference: same });
  assert.ok(deviation(unmoved.means, plain.means) <= TOLERANCE);
  using other = tinyModel(gpu, TINY, 2);
  using reference = new Scorer(other, sizes);
  const logps = [1, 2].map((seed) => {
    const weights = [...tinyWeights(TINY, seed)].map(([name, w]) => [name, float64(w)] as const);
    return decoderForward(TINY, new Map(weights), packed, TEMPERATURE).logp;
  }) as [Float64Array, Float64Array];
  const away = logps[0].map((logp, p) => logps[1][p]! - logp);
  const mean = (form: (d: number) => number) =>
    away.reduce((sum, d) => sum + form(d), 0) / away.length;
  const expected = {
    k1: mean((d) => -d),
    k2: mean((d) => d * d / 2),
    k3: mean((d) => Math.exp(d) - d - 1),
  };
  for (const klForm of ["k1", "k2", "k3"] as const) {
    const { metrics, means } = await update(gpu, [groups], {
      config: { ...config, klForm },
      reference,
    });
    assert.ok(Math.abs(metrics["kl"]! / expected[klForm] - 1) <= 1e-4, klForm);
    assert.ok(deviation(means, plain.means) > 0.01, klForm);
  }
  await assert.rejects(update(gpu, [groups], { config }), /a penalty needs a reference policy/);
});

gpuTest("runUpdate() without groups takes no step", async (gpu) => {
  const { metrics, steps } = await update(gpu, []);
  assert.equal(steps, 0);
  assert.deepEqual([metrics["loss"], metrics["gradNorm"], metrics["trainedTokens"]], [0, 0, 0]);
});

Deno.test("hostGradient() takes a completion's tokens together wherever they are packed", () => {
  // First tokens of all completions are predicted first, by the prompt's last row.
  const packed = packGroups([{ prompt: [1, 2], completions: [[3, 4], [5, 6]] }]);
  const [a, b] = [Math.log(2), Math.log(8)]; // sequence ratios sqrt(2 * 8) = 4 and sqrt(8 / 2) = 2
  const logp = Float32Array.of(a, b, b, -a);
  const inputs = {
    weight: Float32Array.of(1, 10, 1, 10),
    advantage: Float32Array.of(-1, 1, -1, 1),
    old: new Float32Array(4),
  };
  const config = { ...CLIP, loss: "gspo" as const, dualClip: 6, clipHigh: 0.5 };
  const { weight, terms } = hostGradient(packed, { logp, inputs, config });
  assert.ok(deviation(weight, [-4, 0, -4, 0]) < 1e-6);
  const expected = [4, 2, 0, 0, -15, 8, 1, 0, 4, 8, 0, 0, -15, 0.5, 1, 0];
  assert.ok(deviation(terms, expected) < 1e-6, `${terms}`);
});

Deno.test("updateMetrics() counts tokens, roles and extremes", () => {
  const terms = Float32Array.of(1, 1, 0, 0.5, -2, 1.5, 1, 0.25, 0.5, 0.25, 1, 0.75);
  const inputs = { weight: new Float32Array(3) };
  const logp = new Float32Array(3);
  const entropy = Float32Array.of(1, 2, 6);
  const first = { terms, entropy, logp, inputs, roles: ["fixer", "fixer", "generator"] };
  const second = {
    terms: Float32Array.of(4, 2, 0, 0.5),
    entropy: Float32Array.of(3),
    logp: new Float32Array(1),
    inputs,
    roles: ["generator"],
  };
  assert.deepEqual(updateMetrics([{ ...first, first: true }, second], [2, 4]), {
    loss: 1.75,
    "ratio.max": 2,
    "ratio.firstDeviation": 0.75,
    clipFraction: 0.5,
    kl: 0.5,
    entropy: 3,
    "fixer.entropy": 1.5,
    "generator.entropy": 4.5,
    gradNorm: 3,
    trainedTokens: 4,
  });
});
