/**
 * The tensors of a decoder by their place in it: parameters, or gradients of the same shapes.
 *
 * @module
 */
import type { Gpu, Image, Tensor } from "../gpu/mod.ts";
import type { ModelConfig } from "./config.ts";

/** A dense layer: `y = x weight^T + bias`. */
export interface Linear {
  /** `[out, in]`. */
  readonly weight: Tensor;
  /** `[out]`. */
  readonly bias?: Tensor;
  /** The weight as an image, where it has one; products then read that. */
  readonly image?: Image;
}

/** The layers of queries, keys and values as one. */
export interface StackedHeads {
  /** `[q + 2 * kv, hidden]`. */
  readonly image: Image;
  /** `[q + 2 * kv]`. */
  readonly bias?: Tensor;
}

/** One decoder layer. Widths: `q = heads * headDim`, `kv = kvHeads * headDim`. */
export interface LayerWeights {
  /** Gain before attention, `[hidden]`. */
  readonly inputNorm: Tensor;
  /** Queries, `[q, hidden]`. */
  readonly query: Linear;
  /** Keys, `[kv, hidden]`. */
  readonly key: Linear;
  /** Values, `[kv, hidden]`. */
  readonly value: Linear;
  /** Queries, keys and values one above the other, where they have an image so; decoding then reads that. */
  readonly stacked?: StackedHeads;
  /** Gain of each head's query, `[headDim]`, where the architecture has it. */
  readonly queryNorm?: Tensor;
  /** Gain of each head's key, `[headDim]`, where the architecture has it. */
  readonly keyNorm?: Tensor;
  /** Out of attention, `[hidden, q]`. */
  readonly output: Linear;
  /** Gain before the feed-forward network, `[hidden]`. */
  readonly mlpNorm: Tensor;
  /** Gate and up projections one above the other, `[2 * intermediate, hidden]`. */
  readonly gateUp: Linear;
  /** `[hidden, intermediate]`. */
  readonly down: Linear;
}

/** All tensors of a decoder. */
export interface Weights {
  /** Token embedding, `[vocab, hidden]`. */
  readonly embedding: Tensor;
  /** From the lowest. */
  readonly layers: readonly LayerWeights[];
  /** Gain before the head, `[hidden]`. */
  readonly norm: Tensor;
  /** Language-model head, `[vocab, hidden]`; the embedding itself, or its halves, where they are tied. */
  readonly head: Tensor;
  /** The head as an image, where it has one. */
  readonly headImage?: Image;
}

/** The tensors of a row a token. */
const TABLES = /^(model\.embed_tokens|lm_head)\.weight$/;

/**
 * Allocates a tensor of zeros for every parameter.
 *
 * The gate and up projections of a layer are neighbours in one buffer; the map holds them apart under their
 * checkpoint names and together as `mlp.gate_up_proj`. Embedding and head are in blocks of rows where a binding cannot
 * hold them.
 *
 * @param table Checkpoint names and shapes.
 * @param label What the tensors are, for the buffers' labels.
 */
export function allocateWeights(
  gpu: Gpu,
  table: readonly { readonly name: string; readonly shape: readonly number[] }[],
  label: string,
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of table) {
    if (name.endsWith("mlp.up_proj.weight")) continue;
    if (TABLES.test(name)) {
      tensors.set(name, gpu.table(`${label} ${name}`, shape as [number, number]));
      continue;
    }
    if (!name.endsWith("mlp.gate_proj.weight")) {
      tensors.set(name, gpu.tensor(`${label} ${name}`, shape));
      continue;
    }
    const [rows, cols] = shape as [number, number];
    const fused = name.replace("gate_proj", "gate_up_proj");
    const both = gpu.tensor(`${label} ${fused}`, [2 * rows, cols]);
    tensors.set(fused, both);
    tensors.set(name, gpu.view(both, { shape, label: name }));
    const up = name.replace("gate_proj", "up_proj");
    tensors.set(up, gpu.view(both, { start: rows * cols, shape, label: up }));
  }
  return tensors;
}

/**
 * Arranges tensors that are known by their checkpoint names.
 *
 * @param find The tensor of a name, as in {@linkcode allocateWeights}.
 * @param factor The tensor that products read in its place; the same by default.
 */
export function arrangeWeights(
  config: ModelConfig,
  find: (name: string) => Tensor,
  factor: (name: string) => Tensor = find,
): Weights {
  return {
    embedding: find("model.embed_tokens.weight"),
    layers: Array.from(
      { length: config.layers },
      (_, i) => arrangeLayer(config, i, { find, factor }),
    ),
    norm: find("model.norm.weight"),
    head: factor(config.tieEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight"),
  };
}

function arrangeLayer(
  config: ModelConfig,
  index: number,
  { find, factor }: Record<"find" | "factor", (name: string) => Tensor>,
): LayerWeights {
  const layer = `model.layers.${index}`;
  const tensor = (name: string) => find(`${layer}.${name}.weight`);
  const linear = (name: string): Linear => ({ weight: factor(`${layer}.${name}.weight`) });
  const biased = (name: string): Linear =>
    config.attentionBias ? { ...linear(name), bias: find(`${layer}.${name}.bias`) } : linear(name);
  const norms = config.qkNorm
    ? { queryNorm: tensor("self_attn.q_norm"), keyNorm: tensor("self_attn.k_norm") }
    : {};
  return {
    inputNorm: tensor("input_layernorm"),
    query: biased("self_attn.q_proj"),
    key: biased("self_attn.k_proj"),
    value: biased("self_attn.v_proj"),
    ...norms,
    output: linear("self_attn.o_proj"),
    mlpNorm: tensor("post_attention_layernorm"),
    gateUp: linear("mlp.gate_up_proj"),
    down: linear("mlp.down_proj"),
  };
}
