import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { ModelConfig } from "../../src/model/config.ts";
import {
  initParameters,
  parameterCount,
  parameterTable,
  sizeOf,
} from "../../src/model/parameters.ts";

const CONFIG: ModelConfig = {
  architecture: "qwen2",
  vocabSize: 151936,
  hiddenSize: 896,
  layers: 24,
  heads: 14,
  kvHeads: 2,
  headDim: 64,
  intermediateSize: 4864,
  rmsNormEps: 1e-6,
  ropeTheta: 1000000,
  tieEmbeddings: true,
  attentionBias: true,
  qkNorm: false,
  maxPositions: 32768,
};

const SMALL = { ...CONFIG, vocabSize: 300, hiddenSize: 32, layers: 2, heads: 4, headDim: 16 };

Deno.test("parameterCount() is the published size of Qwen2.5-0.5B and Qwen3-0.6B", () => {
  assert.equal(parameterCount(CONFIG), 494032768);
  const qwen3: ModelConfig = {
    ...CONFIG,
    architecture: "qwen3",
    hiddenSize: 1024,
    layers: 28,
    heads: 16,
    kvHeads: 8,
    headDim: 128,
    intermediateSize: 3072,
    attentionBias: false,
    qkNorm: true,
  };
  assert.equal(parameterCount(qwen3), 596049920);
  assert.equal(parameterCount({ ...qwen3, tieEmbeddings: false }), 596049920 + 151936 * 1024);
});

Deno.test("parameterTable() decays matrices and neither gains nor biases", () => {
  for (const { name, shape, decay, init } of parameterTable(SMALL)) {
    assert.equal(decay, shape.length === 2, name);
    assert.equal(init, shape.length === 2 ? "normal" : name.endsWith("bias") ? "zeros" : "ones");
  }
});

Deno.test("initParameters() draws each matrix with its own standard deviation, whatever else there is", () => {
  const tensors = initParameters(SMALL, rngStream(1, "init"));
  for (const { name, shape, init, std } of parameterTable(SMALL)) {
    const values = tensors.get(name)!;
    assert.equal(values.length, sizeOf(shape));
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    if (init !== "normal") assert.ok(values.every((v) => v === (init === "ones" ? 1 : 0)));
    else {assert.ok(
        Math.abs(Math.sqrt(variance) / std - 1) < 0.1,
        `${name}: ${Math.sqrt(variance)}`,
      );}
  }
  const down = parameterTable(SMALL).find(({ name }) => name.endsWith("0.mlp.down_proj.weight"))!;
  assert.equal(down.std, 0.01);
  const untied = initParameters({ ...SMALL, tieEmbeddings: false }, rngStream(1, "init"));
  assert.deepEqual(untied.get("model.norm.weight"), tensors.get("model.norm.weight"));
  assert.deepEqual(untied.get(down.name), tensors.get(down.name));
});
