/**
 * One step of next-token training: packed examples, weighted likelihood, an optimiser step.
 *
 * @module
 */
import { packGroups, splitMicroBatches } from "../model/mod.ts";
import type { Learner } from "../rl/mod.ts";
import type { EncodedExample } from "./examples.ts";

/** Mean losses of a set of examples, nats per token. */
export interface Losses {
  /** Over the answers' tokens. */
  readonly answer: number;
  /** Over the prompts' tokens. */
  readonly prompt: number;
  /** Tokens read. */
  readonly tokens: number;
}

/** An example as one text: its first token is given, all others are predicted. */
function asGroup({ prompt, answer }: EncodedExample) {
  return { prompt: prompt.slice(0, 1), completions: [[...prompt.slice(1), ...answer]] };
}

/** How much a token's loss counts beside an answer token's 1. */
export interface TokenWeights {
  /** A token of a prompt. */
  readonly promptWeight: number;
  /**
   * The token with which a bug departs from the program it was made of. Of the places where a program could be broken
   * only one is in the answer; with weight 1 each place gets its share, and sampling at a low temperature then copies the
   * program unchanged.
   */
  readonly changeWeight: number;
}

/**
 * Trains on examples: the weighted mean of the tokens' losses.
 *
 * @param options Weights of the tokens, and the learning rate of the step.
 */
export async function pretrainStep(
  learner: Learner,
  examples: readonly EncodedExample[],
  options: TokenWeights & { readonly rate: number },
): Promise<Losses & { gradNorm: number }> {
  const batches = microBatches(learner, examples).map((batch) => ({
    ...batch,
    weights: batch.places.map((place) => WEIGHT[place](options)),
  }));
  const total = batches.reduce((sum, { weights }) => sum + weights.reduce((a, b) => a + b, 0), 0);
  const results = await Promise.all(batches.map(async ({ packed, places, weights }) => {
    const weight = Float32Array.from(weights, (value) => value / total);
    const { logp } = await learner.accumulate(packed, { weight });
    return { logp, places };
  }));
  const gradNorm = await learner.step(options.rate);
  return { ...meanLosses(results), gradNorm };
}

/** Where a predicted token stands. */
type Place = "prompt" | "answer" | "change";

const WEIGHT: Readonly<Record<Place, (weights: TokenWeights) => number>> = {
  prompt: ({ promptWeight }) => promptWeight,
  answer: () => 1,
  change: ({ changeWeight }) => changeWeight,
};

/** Losses without training. */
export async function validate(
  learner: Learner,
  examples: readonly EncodedExample[],
): Promise<Losses> {
  const results = [];
  for (const { packed, places } of microBatches(learner, examples)) {
    results.push({ logp: (await learner.score(packed)).logp, places });
  }
  return meanLosses(results);
}

function microBatches(learner: Learner, examples: readonly EncodedExample[]) {
  const { rows, pairs } = learner.capacity;
  const items = examples.map((example) => ({ ...asGroup(example), example }));
  return splitMicroBatches(items, Math.min(rows, pairs)).map((groups) => {
    const packed = packGroups(groups);
    const places = Array.from(packed.pairOffset, (offset, p): Place => {
      const { prompt, changeAt } = groups[packed.pairCompletion[p]!]!.example;
      const at = offset - (prompt.length - 1);
      if (at < 0) return "prompt";
      return at === changeAt ? "change" : "answer";
    });
    return { packed, places };
  });
}

function meanLosses(
  results: readonly { logp: Float32Array; places: readonly Place[] }[],
): Losses {
  const sums = { answer: 0, prompt: 0 };
  const counts = { answer: 0, prompt: 0 };
  for (const { logp, places } of results) {
    places.forEach((place, p) => {
      const part = place === "prompt" ? "prompt" : "answer";
      sums[part] -= logp[p]!;
      counts[part]++;
    });
  }
  return {
    answer: sums.answer / Math.max(1, counts.answer),
    prompt: sums.prompt / Math.max(1, counts.prompt),
    tokens: counts.answer + counts.prompt,
  };
}
