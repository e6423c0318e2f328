// deno-lint-ignore-file camelcase -- the names are config.json's
import assert from "node:assert/strict";
import { ModelShape } from "../../src/config/mod.ts";
import { modelConfigJson, newModelConfig, parseModelConfig } from "../../src/model/config.ts";

const QWEN2 = {
  architectures: ["Qwen2ForCausalLM"],
  attention_dropout: 0.0,
  bos_token_id: 151643,
  hidden_act: "silu",
  hidden_size: 896,
  initializer_range: 0.02,
  intermediate_size: 4864,
  max_position_embeddings: 32768,
  max_window_layers: 24,
  model_type: "qwen2",
  num_attention_heads: 14,
  num_hidden_layers: 24,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000.0,
  sliding_window: 32768,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
  use_sliding_window: false,
  vocab_size: 151936,
};

const QWEN3 = {
  model_type: "qwen3",
  attention_bias: false,
  head_dim: 128,
  hidden_size: 1024,
  intermediate_size: 3072,
  layer_types: ["full_attention", "full_attention"],
  max_position_embeddings: 40960,
  num_attention_heads: 16,
  num_hidden_layers: 2,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-6,
  rope_parameters: { rope_theta: 1000000, rope_type: "default" },
  rope_scaling: null,
  vocab_size: 151936,
  something_new: { nested: [1, null] },
};

Deno.test("parseModelConfig() reads Qwen2 and Qwen3", () => {
  assert.deepEqual(parseModelConfig(QWEN2), {
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
  });
  const qwen3 = parseModelConfig(QWEN3);
  assert.equal(qwen3.headDim, 128);
  assert.equal(qwen3.ropeTheta, 1000000);
  assert.equal(qwen3.tieEmbeddings, false);
  assert.deepEqual([qwen3.attentionBias, qwen3.qkNorm], [false, true]);
});

Deno.test("modelConfigJson() keeps unknown keys, their order, and every value that did not change", () => {
  for (const json of [QWEN2, QWEN3]) {
    const written = modelConfigJson(parseModelConfig(json), json);
    for (const [key, value] of Object.entries(json)) assert.deepEqual(written[key], value, key);
    const known = Object.keys(written).filter((key) => key in json);
    assert.deepEqual(
      known.filter((key) => key !== "architectures"),
      Object.keys(json).filter((key) => key !== "architectures"),
    );
    assert.deepEqual(parseModelConfig(written), parseModelConfig(json));
  }
});

Deno.test("modelConfigJson() describes a new model so that it reads back", () => {
  for (const json of [QWEN2, QWEN3]) {
    const config = { ...parseModelConfig(json), hiddenSize: 64, headDim: 32, ropeTheta: 5000 };
    assert.deepEqual(parseModelConfig(modelConfigJson(config)), config);
  }
});

Deno.test("parseModelConfig() refuses what it cannot compute, in one line that names the field", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ model_type: "llama" }, 'model_type: expected qwen2 or qwen3, found "llama"'],
    [{ use_sliding_window: true }, "use_sliding_window: expected false, found true"],
    [{ rope_scaling: { type: "yarn", factor: 4 } }, "rope_scaling.type: "],
    [{ hidden_act: "gelu" }, 'hidden_act: expected "silu", found "gelu"'],
    [{ num_key_value_heads: 3 }, "num_key_value_heads: expected a divisor of 14, found 3"],
    [
      { hidden_size: 900 },
      "hidden_size: expected 14 heads of a multiple of 4 up to 128, found 900",
    ],
    [{ head_dim: 256 }, "head_dim: expected a multiple of 4 up to 128, found 256"],
    [{ vocab_size: undefined }, "vocab_size: expected number, found nothing"],
    [{ attention_bias: false }, "attention_bias: expected qwen2's own value, found false"],
    [{ quantization_config: { bits: 4 } }, "quantization_config: "],
    [{ layer_types: ["full_attention", "sliding_attention"] }, "layer_types.1: "],
  ];
  for (const [change, message] of cases) {
    assert.throws(
      () => parseModelConfig({ ...QWEN2, ...change }, "m/config.json"),
      (error: Error) => {
        assert.equal(error.name, "CheckpointError");
        assert.ok(error.message.startsWith(`Cannot read m/config.json: ${message}`), error.message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  }
});

Deno.test("newModelConfig() makes a shape that reads back", () => {
  for (const architecture of ["qwen2", "qwen3"] as const) {
    const config = newModelConfig(ModelShape.parse({ architecture }), 1024);
    assert.deepEqual(parseModelConfig(modelConfigJson(config)), config);
  }
  assert.throws(() => ModelShape.parse({ heads: 4, kvHeads: 3 }), /expected a divisor of 4/);
});
