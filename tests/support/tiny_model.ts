/**
 * A tiny decoder with random weights, large enough for every kernel path.
 *
 * @module
 */
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import {
  Model,
  type ModelConfig,
  parameterTable,
  type Precision,
  sizeOf,
} from "../../src/model/mod.ts";

/** Two layers, grouped queries, biases, tied embeddings. */
export const TINY: ModelConfig = {
  architecture: "qwen2",
  vocabSize: 40,
  hiddenSize: 16,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 8,
  intermediateSize: 24,
  rmsNormEps: 1e-6,
  ropeTheta: 10000,
  tieEmbeddings: true,
  attentionBias: true,
  qkNorm: false,
  maxPositions: 64,
};

/** The same with norms of queries and keys instead of biases, and a head of its own. */
export const TINY_QWEN3: ModelConfig = {
  ...TINY,
  architecture: "qwen3",
  tieEmbeddings: false,
  attentionBias: false,
  qkNorm: true,
};

/** Normal weights of a size that makes every part matter; gains near 1. */
export function tinyWeights(
  config: ModelConfig,
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  return new Map(
    parameterTable(config).map(({ name, shape, init }) => {
      const rng = rngStream(seed, name);
      const centre = init === "ones" ? 1 : 0;
      const values = Float32Array.from(
        { length: sizeOf(shape) },
        () => centre + 0.3 * rng.normal(),
      );
      return [name, values];
    }),
  );
}

/** The tiny decoder on a GPU. */
export function tinyModel(
  gpu: Gpu,
  config: ModelConfig = TINY,
  seed = 1,
  precision: Precision = "f32",
): Model {
  const model = new Model(gpu, config, config.maxPositions, precision);
  for (const [name, values] of tinyWeights(config, seed)) model.load(name, values);
  return model;
}
