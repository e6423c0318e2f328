/**
 * Models from checkpoints, and new ones.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { ModelConfig } from "./config.ts";
import { Model } from "./model.ts";
import { initParameter, parameterTable, type Precision } from "./parameters.ts";

/**
 * Puts a checkpoint's weights on the GPU, one tensor at a time.
 *
 * @param positions Longest sequence that will be run, tokens.
 * @throws {CheckpointError} If a tensor cannot be read.
 */
export async function loadModel(
  gpu: Gpu,
  checkpoint: Checkpoint,
  positions: number,
  precision: Precision = "f32",
): Promise<Model> {
  const model = new Model(gpu, checkpoint.config, positions, precision);
  for await (const { name, values } of checkpoint.tensors()) model.load(name, values);
  return model;
}

/**
 * Makes a model with random weights.
 *
 * @param rng Root of the model's stream.
 * @param positions Longest sequence that will be run, tokens.
 */
export function createModel(
  gpu: Gpu,
  config: ModelConfig,
  { rng, positions, precision = "f32" }: { rng: Rng; positions: number; precision?: Precision },
): Model {
  const model = new Model(gpu, config, positions, precision);
  for (const spec of parameterTable(config)) model.load(spec.name, initParameter(spec, rng));
  return model;
}
