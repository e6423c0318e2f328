/**
 * A learner on disk: a model directory with the optimiser's moments beside the weights.
 *
 * @module
 */
import { CheckpointError } from "../base/mod.ts";
import type { Tensor } from "../gpu/mod.ts";
import {
  type ConfigJson,
  readTrainerState,
  type StoredDType,
  writeCheckpoint,
  writeTrainerState,
} from "../model/mod.ts";
import type { Learner } from "./learner.ts";

/** What travels with the weights. */
export interface LearnerFiles {
  /** Text of tokenizer and generation files, by name. */
  readonly files: ReadonlyMap<string, string>;
  /** The `config.json` that the model came with, for its other keys. */
  readonly configJson?: ConfigJson;
  /** Format of the weights in `model.safetensors`. */
  readonly dtype: StoredDType;
}

/**
 * Writes a model directory with training state.
 *
 * The model file has the wanted format; where that is not F32, the exact weights are part of the training state, so
 * that a continued run does not notice.
 */
export async function saveLearner(
  dir: string,
  learner: Learner,
  { files, configJson = {}, dtype }: LearnerFiles,
): Promise<void> {
  const { model, optimizer } = learner;
  const weights = await model.read();
  const read = (name: string): Float32Array => weights.get(name)!;
  await writeCheckpoint(dir, { config: model.config, configJson, files, read }, { dtype });
  const exact = dtype === "F32"
    ? []
    : [...weights.keys()].map((name) => [name, model.tensor(name)]);
  const tensors = new Map([...optimizer.moments(), ...exact as [string, Tensor][]]);
  const names = [...tensors.keys()];
  const values = await model.gpu.readAll([...tensors.values()]);
  const byName = new Map(names.map((name, i) => [name, values[i] as Float32Array]));
  await writeTrainerState(dir, {
    tensors: names.map((name) => ({ name, shape: tensors.get(name)!.shape })),
    read: (name) => byName.get(name)!,
    state: { steps: optimizer.steps },
  });
}

/**
 * Restores moments, step count and, where they were stored, exact weights.
 *
 * @throws {CheckpointError} If the directory has no training state, or it is of another model.
 */
export async function restoreLearner(dir: string, learner: Learner): Promise<void> {
  const { model, optimizer } = learner;
  const stored = await readTrainerState(dir);
  const state = stored?.state as { steps?: unknown } | undefined;
  if (!stored || typeof state?.steps !== "number") {
    throw new CheckpointError(`Cannot continue from ${dir}: it has no training state`);
  }
  const moments = optimizer.moments();
  const missing = new Set(moments.keys());
  for await (const { name, shape, values } of stored.tensors()) {
    const moment = moments.get(name);
    const tensor = moment ?? model.tensor(name);
    if (shape.join() !== tensor.shape.join()) {
      throw new CheckpointError(
        `Cannot continue from ${dir}: ${name}: expected shape [${tensor.shape}], found [${shape}]`,
      );
    }
    if (moment) model.gpu.upload(moment, values);
    else model.load(name, values);
    missing.delete(name);
  }
  for (const name of missing) {
    throw new CheckpointError(`Cannot continue from ${dir}: ${name} is missing`);
  }
  optimizer.steps = state.steps;
}
