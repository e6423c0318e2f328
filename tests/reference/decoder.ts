/**
 * Float64 reference of the decoder: the op references in the order in which the architecture names them.
 *
 * @module
 */
import type { ModelConfig, PackedBatch } from "../../src/model/mod.ts";
import { attentionForward } from "./attention.ts";
import { logprobForward } from "./logprob.ts";
import { linearForwardReference } from "./matmul.ts";
import { rmsnormForward } from "./rmsnorm.ts";
import { rope } from "./rope.ts";
import { rowsForward } from "./rows.ts";
import { swigluForward } from "./swiglu.ts";

/** Parameters by checkpoint name. */
export type Parameters = ReadonlyMap<string, Float64Array>;

/** y = x weight^T + bias, the bias where there is one. */
function linear(parameters: Parameters, name: string, x: Float64Array, outputs: number) {
  const weight = parameters.get(`${name}.weight`)!;
  const bias = parameters.get(`${name}.bias`) ?? new Float64Array(outputs);
  const inputs = weight.length / outputs;
  return linearForwardReference({ x, weight, bias }, { rows: x.length / inputs, inputs, outputs });
}

/** x + attention(rmsnorm(x)). */
function attend(
  config: ModelConfig,
  parameters: Parameters,
  layer: string,
  { x, batch }: { x: Float64Array; batch: PackedBatch },
): Float64Array {
  const { heads, kvHeads, headDim: dim, hiddenSize, rmsNormEps: eps, ropeTheta: theta } = config;
  const gain = (name: string) => parameters.get(`${layer}.${name}.weight`)!;
  const norm = (name: string, values: Float64Array) => rmsnormForward(values, gain(name), eps).y;
  const xNorm = norm("input_layernorm", x);
  const project = (name: string, outputs: number) =>
    linear(parameters, `${layer}.self_attn.${name}_proj`, xNorm, outputs);
  const [qFlat, kFlat] = [project("q", heads * dim), project("k", kvHeads * dim)];
  const q = config.qkNorm ? norm("self_attn.q_norm", qFlat) : qFlat;
  const k = config.qkNorm ? norm("self_attn.k_norm", kFlat) : kFlat;
  const rotate = (values: Float64Array) => rope(values, batch.positions, { dim, theta });
  const rows = batch.tokens.length;
  const input = { q: rotate(q), k: rotate(k), v: project("v", kvHeads * dim), spans: batch.spans };
  const { y } = attentionForward({ queries: rows, slots: rows, heads, kvHeads, dim }, input);
  return add(x, linear(parameters, `${layer}.self_attn.o_proj`, y, hiddenSize));
}

/** x + down(swiglu(gate, up)) of rmsnorm(x). */
function feedForward(
  config: ModelConfig,
  parameters: Parameters,
  layer: string,
  x: Float64Array,
): Float64Array {
  const { hiddenSize, intermediateSize: cols, rmsNormEps: eps } = config;
  const gain = parameters.get(`${layer}.post_attention_layernorm.weight`)!;
  const { y: xNorm } = rmsnormForward(x, gain, eps);
  const gate = linear(parameters, `${layer}.mlp.gate_proj`, xNorm, cols);
  const up = linear(parameters, `${layer}.mlp.up_proj`, xNorm, cols);
  const gateUp = new Float64Array(2 * gate.length);
  for (let at = 0; at < gate.length; at += cols) {
    gateUp.set(gate.subarray(at, at + cols), 2 * at);
    gateUp.set(up.subarray(at, at + cols), 2 * at + cols);
  }
  const gated = swigluForward(gateUp, cols);
  return add(x, linear(parameters, `${layer}.mlp.down_proj`, gated, hiddenSize));
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}

/** Output of the last layer before the last norm, `[T, hidden]`. */
export function decoderHidden(
  config: ModelConfig,
  parameters: Parameters,
  batch: PackedBatch,
): Float64Array {
  const embedding = parameters.get("model.embed_tokens.weight")!;
  let x = rowsForward(embedding, batch.tokens, config.hiddenSize);
  for (let i = 0; i < config.layers; i++) {
    const layer = `model.layers.${i}`;
    x = attend(config, parameters, layer, { x, batch });
    x = feedForward(config, parameters, layer, x);
  }
  return x;
}

/** Log-probability and entropy of every prediction of a packed batch, nats, `[P]`. */
export function decoderForward(
  config: ModelConfig,
  parameters: Parameters,
  batch: PackedBatch,
  temperature = 1,
): { logp: Float64Array; entropy: Float64Array } {
  const { hiddenSize, vocabSize, rmsNormEps: eps } = config;
  const x = decoderHidden(config, parameters, batch);
  const predicting = rowsForward(x, batch.pairRow, hiddenSize);
  const { y } = rmsnormForward(predicting, parameters.get("model.norm.weight")!, eps);
  const head = config.tieEmbeddings ? "model.embed_tokens" : "lm_head";
  const logits = linear(parameters, head, y, vocabSize);
  return logprobForward(logits, batch.pairTarget, temperature);
}
