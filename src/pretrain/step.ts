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

/**
 * Trains on examples: every answer token counts 1, every prompt token `promptWeight`, over the sum of these weights.
 *
 * @param rate Learning rate of the step.
 */
export async function pretrainStep(
  learner: Learner,
  examples: readonly EncodedExample[],
  { promptWeight, rate }: { promptWeight: number; rate: number },
): Promise<Losses & { gradNorm: number }> {
  const total = examples.reduce(
    (sum, { prompt, answer }) => sum + promptWeight * (prompt.length - 1) + answer.length,
    0,
  );
  const results = await Promise.all(
    microBatches(learner, examples).map((batch) => {
      const weight = batch.isAnswer.map((answer) => (answer ? 1 : promptWeight) / total);
      const outputs = learner.accumulate(batch.packed, { weight: Float32Array.from(weight) });
      return outputs.then(({ logp }) => ({ logp, isAnswer: batch.isAnswer }));
    }),
  );
  const gradNorm = await learner.step(rate);
  return { ...meanLosses(results), gradNorm };
}

/** Losses without training. */
export async function validate(
  learner: Learner,
  examples: readonly EncodedExample[],
): Promise<Losses> {
  const results = [];
  for (const { packed, isAnswer } of microBatches(learner, examples)) {
    results.push({ logp: (await learner.score(packed)).logp, isAnswer });
  }
  return meanLosses(results);
}

function microBatches(learner: Learner, examples: readonly EncodedExample[]) {
  const { rows, pairs } = learner.capacity;
  const items = examples.map((example) => ({ ...asGroup(example), example }));
  return splitMicroBatches(items, Math.min(rows, pairs)).map((groups) => {
    const packed = packGroups(groups);
    const answerAt = groups.map(({ example }) => example.prompt.length - 1);
    const isAnswer = Array.from(
      packed.pairOffset,
      (offset, p) => offset >= answerAt[packed.pairCompletion[p]!]!,
    );
    return { packed, isAnswer };
  });
}

function meanLosses(
  results: readonly { logp: Float32Array; isAnswer: readonly boolean[] }[],
): Losses {
  const sums = { answer: 0, prompt: 0 };
  const counts = { answer: 0, prompt: 0 };
  for (const { logp, isAnswer } of results) {
    isAnswer.forEach((answer, p) => {
      const part = answer ? "answer" : "prompt";
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
