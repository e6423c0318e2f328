/**
 * How far what was sampled is from what is learned from.
 *
 * @module
 */
import { type Model, packGroups } from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import type { Sampler, SampleRequest, SampleSettings } from "../../src/sample/mod.ts";

const OPTIM = { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1 };
/** Rows and pairs of the learner at most. */
const MOST = 800;

/** Samples, has the learner score what was drawn, and returns the largest |ratio - 1| of a token's probabilities. */
export async function worstRatio(
  model: Model,
  sampler: Sampler,
  requests: readonly SampleRequest[],
  settings: SampleSettings,
): Promise<number> {
  const samples = await sampler.sample(requests, settings);
  const packed = packGroups(requests.map(({ prompt }, i) => ({
    prompt,
    completions: samples[i]!.map(({ tokens }) => tokens),
  })));
  const { temperature } = settings;
  using learner = new Learner(model, { rows: MOST, pairs: MOST, temperature, optim: OPTIM });
  const { logp } = await learner.score(packed);
  const drawn = samples.flat();
  return logp.reduce((most, value, p) => {
    const old = drawn[packed.pairCompletion[p]!]!.logprobs[packed.pairOffset[p]!]!;
    return Math.max(most, Math.abs(Math.exp(value - old) - 1));
  }, 0);
}
