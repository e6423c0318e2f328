import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { cutRows, type Gpu, openGpu } from "../../src/gpu/mod.ts";
import {
  type Group,
  Model,
  packGroups,
  parameterTable,
  Scorer,
  scoreTokens,
} from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { decoderForward } from "../reference/decoder.ts";
import { gpuTest } from "../support/device.ts";
import { assertSameGradients, deviation, gradientsOf } from "../support/gradients.ts";
import { integers, normals } from "../support/inputs.ts";
import { TINY, TINY_QWEN3, tinyModel, tinyWeights } from "../support/tiny_model.ts";

/** Embedding and head of 50 KiB, in four blocks where a binding holds 20 KiB. */
const SHAPE = { hiddenSize: 64, vocabSize: 200 };
const BINDING_BYTES = 20 * 1024;
/** 4 * 2^-24 * sqrt(terms): the longest sums run over 200 tokens and 64 channels. */
const TOLERANCE = 4 * 2 ** -24 * Math.sqrt(200 * 64);

function groups(): Group[] {
  const rng = rngStream(41, "groups");
  const text = (length: number) => Array.from(integers(rng, length, SHAPE.vocabSize));
  return [
    { prompt: text(7), completions: [text(5), text(1), text(9)] },
    { prompt: text(1), completions: [text(11)] },
  ];
}

const batch = () => {
  const packed = packGroups(groups());
  return { packed, weight: normals(rngStream(42), packed.pairRow.length) };
};

Deno.test("cutRows() makes equal blocks of a multiple of 64 rows that fit", () => {
  assert.deepEqual(cutRows(200, 64, BINDING_BYTES), [64, 64, 64, 8]);
  assert.deepEqual(cutRows(80, 64, BINDING_BYTES), [80]);
  const blocks = cutRows(151936, 896, 128 * 2 ** 20);
  assert.deepEqual(blocks, [30400, 30400, 30400, 30400, 30336]);
  assert.throws(() => cutRows(200, 64, 16 * 1024 - 1), /64 rows take 16384 bytes/);
});

gpuTest("a table in blocks is uploaded, cleared and read as one in one piece", async () => {
  using gpu = await openGpu({ bindingBytes: BINDING_BYTES });
  const table = gpu.table("table", [200, 64]);
  assert.equal(table.blocks!.length, 4);
  const values = normals(rngStream(43), 200 * 64);
  gpu.upload(table, values);
  assert.deepEqual(await gpu.read(table), values);
  gpu.upload(table, values.fill(7, 0, 100 * 64).subarray(0, 100 * 64));
  assert.deepEqual(await gpu.read(table), values);
  const pass = gpu.pass("clear");
  pass.clear(table);
  pass.submit();
  assert.ok((await gpu.read(table)).every((value) => value === 0));
  assert.throws(() => gpu.view(table, { shape: [1] }), /it is in blocks/);
  gpu.release(table);
  assert.equal(gpu.allocatedBytes, 0);
});

for (const base of [TINY, TINY_QWEN3]) {
  const config = { ...base, ...SHAPE };
  gpuTest(`${base.architecture} learns alike with its tables in blocks`, async (gpu) => {
    using narrow = await openGpu({ bindingBytes: BINDING_BYTES });
    const expected = await gradientsOf(gpu, config, [batch()], 0.7);
    const actual = await gradientsOf(narrow, config, [batch()], 0.7);
    assert.ok(deviation(actual.logp, expected.logp) <= TOLERANCE);
    assertSameGradients(actual, expected, { tolerance: TOLERANCE });
    const again = await gradientsOf(narrow, config, [batch()], 0.7);
    assert.deepEqual(again.gradients, actual.gradients); // bit for bit
  });
}

gpuTest("optimiser steps and samples are the same with tables in blocks", async (gpu) => {
  using narrow = await openGpu({ bindingBytes: BINDING_BYTES });
  const [expected, actual] = [await trainAndSample(gpu), await trainAndSample(narrow)];
  assert.ok(Math.abs(actual.norm / expected.norm - 1) <= TOLERANCE);
  assert.deepEqual(actual.before, expected.before); // a logit is the same sum in whichever block it is
  for (const [name, values] of expected.weights) {
    // Where a gradient is near zero Adam's step is of either sign, so the weights agree within the steps' length.
    const error = actual.weights.get(name)!.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - values[i]!)),
      0,
    );
    assert.ok(error <= 2 * RATE * 1.01, `${name}: ${error}`);
  }
  assert.equal([...actual.moments.keys()].join(), [...expected.moments.keys()].join());
  for (const [name, values] of expected.moments) {
    assert.ok(deviation(actual.moments.get(name)!, values) <= 4 * TOLERANCE, name);
  }
});

const RATE = 1e-3;

/** Samples, then takes one step. */
async function trainAndSample(gpu: Gpu) {
  const config = { ...TINY, ...SHAPE };
  using model = tinyModel(gpu, config);
  using sampler = new Sampler(model, { lanes: 4, promptRows: 32, maxTokens: 8, stop: [] });
  const request = { prompt: groups()[0]!.prompt, count: 4, seed: 3 };
  const settings = { maxTokens: 8, temperature: 0.9, topP: 0.9, topK: 150 };
  const [before] = await sampler.sample([request], settings);
  const optim = { decay: 0.1, beta1: 0.9, beta2: 0.95, gradNorm: 1 };
  using learner = new Learner(model, { rows: 64, pairs: 64, temperature: 1, optim });
  const { packed, weight } = batch();
  learner.accumulate(packed, { weight });
  const norm = await learner.step(RATE);
  const moments = learner.optimizer.moments();
  const values = await gpu.readAll([...moments.values()]);
  return {
    before,
    norm,
    weights: await model.read(),
    moments: new Map([...moments.keys()].map((name, i) => [name, values[i] as Float32Array])),
  };
}

gpuTest("a kernel refuses a tensor that no binding can hold", async () => {
  using gpu = await openGpu({ bindingBytes: BINDING_BYTES });
  using model = tinyModel(gpu, { ...TINY, ...SHAPE });
  using scorer = new Scorer(model, { rows: 100, pairs: 100, temperature: 1 });
  const long = packGroups(
    Array.from({ length: 9 }, () => ({ prompt: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], completions: [] })),
  );
  await assert.rejects(scorer.score(long), /has \d+ bytes, a binding holds 20480/);
});

gpuTest("a vocabulary of 151,936 works with bindings of 128 MiB", async () => {
  using gpu = await openGpu({ bindingBytes: 128 * 2 ** 20 }); // no more than what software adapters allow
  const config = { ...TINY, layers: 1, vocabSize: 151936, hiddenSize: 224 };
  using model = new Model(gpu, config, 8);
  assert.equal(model.weights.embedding.blocks!.length, 2);
  const tokens = [3, 151935, 70000, 151935, 90000];
  const embedding = new Float32Array(config.vocabSize * config.hiddenSize);
  for (const token of tokens) {
    const row = normals(rngStream(44, token), config.hiddenSize, 0.1);
    embedding.set(row, token * config.hiddenSize);
  }
  const weights = tinyWeights({ ...config, vocabSize: 1 }, 5)
    .set("model.embed_tokens.weight", embedding);
  for (const { name } of parameterTable(config)) model.load(name, weights.get(name)!);
  const actual = await scoreTokens(model, tokens);
  const parameters = new Map(
    [...weights].map(([name, values]) => [name, new Float64Array(values)]),
  );
  const packed = packGroups([{ prompt: tokens.slice(0, 1), completions: [tokens.slice(1)] }]);
  const expected = decoderForward(config, parameters, packed, 1).logp;
  assert.ok(deviation(actual, expected) <= 4 * 2 ** -24 * Math.sqrt(config.vocabSize));
});
