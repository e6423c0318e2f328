/**
 * Gradients of the weighted likelihood of packed batches, as the learner accumulates them from nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Gpu } from "../../src/gpu/mod.ts";
import {
  type ModelConfig,
  type PackedBatch,
  parameterTable,
  type Precision,
} from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { tinyModel } from "./tiny_model.ts";

/** A batch with the factor of each prediction's loss, `[P]`. */
export interface WeightedBatch {
  /** The batch. */
  readonly packed: PackedBatch;
  /** Factors. */
  readonly weight: Float32Array<ArrayBuffer>;
}

/** What a learner made of some batches. */
export interface Gradients {
  /** Log-probability of each prediction, batch after batch. */
  readonly logp: Float32Array;
  /** Sum of the losses. */
  readonly loss: number;
  /** By checkpoint name. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Accumulates batches on a tiny model. */
export async function gradientsOf(
  gpu: Gpu,
  config: ModelConfig,
  batches: readonly WeightedBatch[],
  temperature = 1,
  { precision = "f32", recompute = false }: { precision?: Precision; recompute?: boolean } = {},
): Promise<Gradients> {
  using model = tinyModel(gpu, config, 1, precision);
  const optim = { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1 };
  using learner = new Learner(model, { rows: 128, pairs: 128, temperature, optim, recompute });
  const outputs = await Promise.all(
    batches.map(({ packed, weight }) => learner.accumulate(packed, { weight })),
  );
  const names = parameterTable(config).map(({ name }) => name);
  const values = await gpu.readAll(names.map((name) => learner.gradient(name)));
  const losses = outputs.flatMap(({ terms }) => Array.from(terms).filter((_, i) => i % 4 === 0));
  return {
    logp: Float32Array.from(outputs.flatMap(({ logp }) => Array.from(logp))),
    loss: losses.reduce((sum, loss) => sum + loss, 0),
    gradients: new Map(names.map((name, i) => [name, values[i] as Float32Array])),
  };
}

/** Largest magnitude. */
export function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Largest difference in units of the largest expected value. */
export function deviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  return largest(Array.from(actual, (value, i) => value - expected[i]!)) / largest(expected);
}

/**
 * Asserts that loss and gradients are `factor` times the expected ones.
 *
 * @param tolerance In units of the largest gradient of a tensor.
 */
export function assertSameGradients(
  actual: Gradients,
  expected: Gradients,
  { tolerance, factor = 1 }: { tolerance: number; factor?: number },
): void {
  assert.ok(Math.abs(actual.loss / expected.loss - factor) <= tolerance, "loss");
  for (const [name, gradient] of expected.gradients) {
    const error = deviation(actual.gradients.get(name)!, gradient.map((value) => factor * value));
    assert.ok(error <= tolerance, `${name}: relative error ${error}`);
  }
}
