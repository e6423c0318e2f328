/**
 * The shape of a decoder, and its `config.json`.
 *
 * @module
 */
import { z } from "zod";
import { CheckpointError } from "../base/mod.ts";
import type { ModelShape } from "../config/mod.ts";

/** Architectures that Kedge computes. */
export type Architecture = "qwen2" | "qwen3";

/** The shape of a decoder. */
export interface ModelConfig {
  /** Family: Qwen2 has biases on queries, keys and values; Qwen3 has norms on queries and keys instead. */
  readonly architecture: Architecture;
  /** Rows of the embedding; at least the tokenizer's ids. */
  readonly vocabSize: number;
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Number of layers. */
  readonly layers: number;
  /** Query heads. */
  readonly heads: number;
  /** Key and value heads; divides `heads`. */
  readonly kvHeads: number;
  /** Width of a head; a multiple of 4. */
  readonly headDim: number;
  /** Width of the feed-forward network. */
  readonly intermediateSize: number;
  /** Added to the mean square in every norm. */
  readonly rmsNormEps: number;
  /** Base of the rotary frequencies. */
  readonly ropeTheta: number;
  /** Whether the head is the embedding. */
  readonly tieEmbeddings: boolean;
  /** Whether queries, keys and values have a bias. */
  readonly attentionBias: boolean;
  /** Whether queries and keys are normalised per head. */
  readonly qkNorm: boolean;
  /** Longest sequence, tokens. */
  readonly maxPositions: number;
}

/**
 * The shape of a new decoder.
 *
 * @param shape As a person writes it.
 * @param vocabSize Number of the tokenizer's ids.
 */
export function newModelConfig(shape: ModelShape, vocabSize: number): ModelConfig {
  return {
    ...shape,
    vocabSize,
    rmsNormEps: 1e-6,
    attentionBias: shape.architecture === "qwen2",
    qkNorm: shape.architecture === "qwen3",
  };
}

/** A parsed `config.json`. */
export type ConfigJson = Readonly<Record<string, unknown>>;

/** Widest head that attention's kernels take. */
const MAX_HEAD_DIM = 128;

const size = z.int().positive();
const Rope = z.looseObject({
  ["rope_type"]: z.literal("default").optional(),
  type: z.literal("default").optional(),
  ["rope_theta"]: z.number().positive().optional(),
});

// What would change the mathematics has to be at its plain value; everything else is carried along.
const HfConfig = z.looseObject({
  ["model_type"]: z.enum(["qwen2", "qwen3"], { error: "expected qwen2 or qwen3" }),
  ["vocab_size"]: size,
  ["hidden_size"]: size,
  ["num_hidden_layers"]: size,
  ["num_attention_heads"]: size,
  ["num_key_value_heads"]: size.nullish(),
  ["head_dim"]: size.nullish(),
  ["intermediate_size"]: size,
  ["hidden_act"]: z.literal("silu").default("silu"),
  ["rms_norm_eps"]: z.number().positive().default(1e-6),
  ["rope_theta"]: z.number().positive().optional(),
  ["rope_parameters"]: Rope.nullish(),
  ["rope_scaling"]: Rope.nullish(),
  ["tie_word_embeddings"]: z.boolean().default(false),
  ["attention_bias"]: z.boolean().optional(),
  ["max_position_embeddings"]: size.default(32768),
  ["use_sliding_window"]: z.literal(false).default(false),
  ["layer_types"]: z.array(z.literal("full_attention")).nullish(),
  ["quantization_config"]: z.null().optional(),
}).superRefine((config, context) => {
  const wrong = (field: string, message: string) =>
    context.addIssue({ code: "custom", path: [field], message });
  const heads = config.num_attention_heads;
  if (heads % (config.num_key_value_heads ?? heads) !== 0) {
    wrong("num_key_value_heads", `expected a divisor of ${heads}`);
  }
  const headDim = config.head_dim ?? config.hidden_size / heads;
  if (headDim % 4 !== 0 || headDim > MAX_HEAD_DIM) {
    const expected = `a multiple of 4 up to ${MAX_HEAD_DIM}`;
    if (config.head_dim) wrong("head_dim", `expected ${expected}`);
    else wrong("hidden_size", `expected ${heads} heads of ${expected}`);
  }
  if (
    (config.attention_bias ?? config.model_type === "qwen2") !== (config.model_type === "qwen2")
  ) {
    wrong("attention_bias", `expected ${config.model_type}'s own value`);
  }
});

/**
 * Reads the shape of a decoder from a `config.json`.
 *
 * @param value Parsed JSON.
 * @param path File name, for the message.
 * @throws {CheckpointError} If the architecture or one of its settings is not one that Kedge computes.
 */
export function parseModelConfig(value: unknown, path = "config.json"): ModelConfig {
  const result = HfConfig.safeParse(value);
  if (!result.success) throw configError(path, value, result.error.issues[0]!);
  const hf = result.data;
  return {
    architecture: hf.model_type,
    vocabSize: hf.vocab_size,
    hiddenSize: hf.hidden_size,
    layers: hf.num_hidden_layers,
    heads: hf.num_attention_heads,
    kvHeads: hf.num_key_value_heads ?? hf.num_attention_heads,
    headDim: hf.head_dim ?? hf.hidden_size / hf.num_attention_heads,
    intermediateSize: hf.intermediate_size,
    rmsNormEps: hf.rms_norm_eps,
    ropeTheta: hf.rope_parameters?.rope_theta ?? hf.rope_theta ?? 10000,
    tieEmbeddings: hf.tie_word_embeddings,
    attentionBias: hf.model_type === "qwen2",
    qkNorm: hf.model_type === "qwen3",
    maxPositions: hf.max_position_embeddings,
  };
}

function configError(path: string, value: unknown, issue: z.core.$ZodIssue): CheckpointError {
  const field = issue.path.join(".") || "top level";
  const found = issue.path.reduce<unknown>(
    (at, key) => (at as ConfigJson | undefined)?.[String(key)],
    value,
  );
  const shown = JSON.stringify(found) ?? "nothing";
  const expected = issue.message.replace(/^Invalid [^:]*: /, "").replace(/, received .*$/, "");
  return new CheckpointError(`Cannot read ${path}: ${field}: ${expected}, found ${shown}`);
}

/**
 * Writes the shape of a decoder as a `config.json`.
 *
 * @param base The `config.json` the model came with: its other keys, and the order of all, are kept.
 */
export function modelConfigJson(config: ModelConfig, base: ConfigJson = {}): ConfigJson {
  const { architecture, heads, hiddenSize } = config;
  const rope = base["rope_parameters"];
  const ownHeadDim = "head_dim" in base || architecture === "qwen3" ||
    config.headDim * heads !== hiddenSize;
  return {
    architectures: [architecture === "qwen2" ? "Qwen2ForCausalLM" : "Qwen3ForCausalLM"],
    ...base,
    ["model_type"]: architecture,
    ["vocab_size"]: config.vocabSize,
    ["hidden_size"]: hiddenSize,
    ["num_hidden_layers"]: config.layers,
    ["num_attention_heads"]: heads,
    ["num_key_value_heads"]: config.kvHeads,
    ...(ownHeadDim ? { ["head_dim"]: base["head_dim"] === null ? null : config.headDim } : {}),
    ["intermediate_size"]: config.intermediateSize,
    ["hidden_act"]: "silu",
    ["rms_norm_eps"]: config.rmsNormEps,
    ...(rope
      ? { ["rope_parameters"]: { ...rope, ["rope_theta"]: config.ropeTheta } }
      : { ["rope_theta"]: config.ropeTheta }),
    ["tie_word_embeddings"]: config.tieEmbeddings,
    ["max_position_embeddings"]: config.maxPositions,
  };
}
