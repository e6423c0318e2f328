/**
 * Log-probabilities of a text under a model.
 *
 * @module
 */
import { ActivationBuffers } from "./activations.ts";
import { BatchBuffers } from "./batch.ts";
import { forward } from "./forward.ts";
import { HeadBuffers, headForward } from "./head.ts";
import type { Model } from "./model.ts";
import { packGroups } from "./packing.ts";

/**
 * Log-probability of each token after the first, given those before it.
 *
 * @param tokens At least two ids below the model's vocabulary size, at most as many as the model's positions.
 * @returns `[tokens.length - 1]`, natural logarithms.
 * @throws {RangeError} If there are fewer than two tokens, too many, or one is not in the vocabulary.
 */
export async function scoreTokens(
  model: Model,
  tokens: readonly number[],
): Promise<Float32Array<ArrayBuffer>> {
  const [first, ...rest] = tokens;
  if (first === undefined || rest.length === 0) {
    throw new RangeError(`Cannot score a text: expected two tokens, found ${tokens.length}`);
  }
  const packed = packGroups([{ prompt: [first], completions: [rest] }]);
  const { gpu, config } = model;
  const capacity = { rows: packed.tokens.length, pairs: packed.pairRow.length };
  using batches = new BatchBuffers(gpu, config.vocabSize, capacity);
  using activations = new ActivationBuffers(gpu, config, { rows: capacity.rows, keep: false });
  using buffers = new HeadBuffers(model, capacity.pairs);
  const batch = batches.load(packed);
  const saved = activations.at(batch.rows);
  const pass = gpu.pass("score");
  forward(pass, model, { rows: batch, activations: saved });
  headForward(pass, model, { batch, x: saved.x, buffers, temperature: 1 });
  pass.submit();
  const { logp } = buffers.window(0, batch.pairs);
  return await gpu.read(logp) as Float32Array<ArrayBuffer>;
}
