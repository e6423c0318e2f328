/**
 * The parameter table: every tensor of a decoder under its checkpoint name.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";
import type { ModelConfig } from "./config.ts";

/** One parameter tensor. */
export interface ParameterSpec {
  /** Name in a checkpoint. */
  readonly name: string;
  /** Matrices are `[out, in]`. */
  readonly shape: readonly number[];
  /** How a new model starts. */
  readonly init: "normal" | "ones" | "zeros";
  /** Standard deviation of the normal start; 0 for the others. */
  readonly std: number;
  /** Whether weight decay applies: to matrices, not to gains and biases. */
  readonly decay: boolean;
}

/**
 * Number formats of training: all in f32; or `mixed`, where the inputs of products (weights and activations) are stored
 * as halves beside the f32 weights that the optimiser changes, and everything else, gradients above all, is f32.
 */
export type Precision = "f32" | "mixed";

/** Standard deviation of new matrices (Radford et al. 2019, GPT-2). */
const STD = 0.02;

function matrix(name: string, out: number, into: number, std = STD): ParameterSpec {
  return { name: `${name}.weight`, shape: [out, into], init: "normal", std, decay: true };
}

function gain(name: string, width: number): ParameterSpec {
  return { name: `${name}.weight`, shape: [width], init: "ones", std: 0, decay: false };
}

function bias(name: string, width: number): ParameterSpec {
  return { name: `${name}.bias`, shape: [width], init: "zeros", std: 0, decay: false };
}

function layerParameters(config: ModelConfig, index: number): ParameterSpec[] {
  const { hiddenSize, headDim, intermediateSize, layers } = config;
  const [q, kv] = [config.heads * headDim, config.kvHeads * headDim];
  // Each layer adds to the residual stream twice; the sum over all keeps the variance of one.
  const residualStd = STD / Math.sqrt(2 * layers);
  const layer = `model.layers.${index}`;
  const attention = `${layer}.self_attn`;
  const biases = ([["q", q], ["k", kv], ["v", kv]] as const)
    .map(([name, width]) => bias(`${attention}.${name}_proj`, width));
  const norms = [gain(`${attention}.q_norm`, headDim), gain(`${attention}.k_norm`, headDim)];
  return [
    gain(`${layer}.input_layernorm`, hiddenSize),
    matrix(`${attention}.q_proj`, q, hiddenSize),
    matrix(`${attention}.k_proj`, kv, hiddenSize),
    matrix(`${attention}.v_proj`, kv, hiddenSize),
    ...(config.attentionBias ? biases : []),
    ...(config.qkNorm ? norms : []),
    matrix(`${attention}.o_proj`, hiddenSize, q, residualStd),
    gain(`${layer}.post_attention_layernorm`, hiddenSize),
    matrix(`${layer}.mlp.gate_proj`, intermediateSize, hiddenSize),
    matrix(`${layer}.mlp.up_proj`, intermediateSize, hiddenSize),
    matrix(`${layer}.mlp.down_proj`, hiddenSize, intermediateSize, residualStd),
  ];
}

/** Every parameter tensor of a decoder, from the embedding up. */
export function parameterTable(config: ModelConfig): ParameterSpec[] {
  const { vocabSize, hiddenSize } = config;
  return [
    matrix("model.embed_tokens", vocabSize, hiddenSize),
    ...Array.from({ length: config.layers }, (_, i) => layerParameters(config, i)).flat(),
    gain("model.norm", hiddenSize),
    ...(config.tieEmbeddings ? [] : [matrix("lm_head", vocabSize, hiddenSize)]),
  ];
}

/** Number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** Number of parameters of a decoder. */
export function parameterCount(config: ModelConfig): number {
  return parameterTable(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * Draws the values of a new tensor, `sizeOf(spec.shape)` of them.
 *
 * @param rng Root of the model's stream; each tensor draws from a fork named after it.
 */
export function initParameter(spec: ParameterSpec, rng: Rng): Float32Array<ArrayBuffer> {
  const values = new Float32Array(sizeOf(spec.shape));
  if (spec.init === "ones") return values.fill(1);
  if (spec.init === "zeros") return values;
  const own = rng.fork(spec.name);
  return values.map(() => spec.std * own.normal());
}

/** Draws a new decoder: its tensors by checkpoint name. */
export function initParameters(
  config: ModelConfig,
  rng: Rng,
): Map<string, Float32Array<ArrayBuffer>> {
  return new Map(parameterTable(config).map((spec) => [spec.name, initParameter(spec, rng)]));
}

/** The parameters that products read, as halves in mixed precision; those of an odd length are left as they are. */
export function productParameters(config: ModelConfig): ParameterSpec[] {
  return parameterTable(config).filter(({ name, shape }) =>
    shape.length === 2 && shape.every((length) => length % 4 === 0) &&
    (config.tieEmbeddings || name !== "model.embed_tokens.weight")
  );
}
