/**
 * Whether two sets of bugs can be told apart: logistic regression on their embeddings, cross-validated by task.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";
import { quantileSorted } from "simple-statistics";

/** An example of a class. */
export interface Example {
  /** Kept together in one fold, and resampled together. */
  readonly taskId: string;
  readonly vector: ArrayLike<number>;
  /** 1 or 0. */
  readonly label: 0 | 1;
}

/** How well the classes can be told apart. */
export interface Separation {
  /** Chance that an example of class 1 scores above one of class 0; 0.5 is a coin toss, 1 is always. */
  readonly auc: number;
  /** Lower end of the 95 % interval, from the bootstrap clustered by task. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

const FOLDS = 5;
const DRAWS = 1000;
/** Weight of half the squared norm of the weights, beside the mean loss of vectors of about length 1. */
const RIDGE = 1e-3;
const ITERATIONS = 300;

/**
 * Scores every example by a classifier that has not seen its task, and computes the area under the ROC curve.
 *
 * @throws {RangeError} If a class has no example, or all examples are of one task.
 */
export function separation(examples: readonly Example[], rng: Rng): Separation {
  const tasks = [...new Set(examples.map(({ taskId }) => taskId))].sort();
  if (tasks.length < 2 || new Set(examples.map(({ label }) => label)).size < 2) {
    throw new RangeError("Cannot tell bugs apart: expected two classes of at least two tasks");
  }
  const foldOf = new Map(rng.fork("folds").shuffle(tasks).map((task, i) => [task, i % FOLDS]));
  const scores = new Float64Array(examples.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = (example: Example): boolean => foldOf.get(example.taskId) === fold;
    const score = fitLogistic(examples.filter((example) => !held(example)));
    examples.forEach((example, i) => {
      if (held(example)) scores[i] = score(example.vector);
    });
  }
  const draws = bootstrap(examples, scores, rng.fork("bootstrap")).sort((a, b) => a - b);
  return {
    auc: weightedAuc(examples, scores, new Float64Array(examples.length).fill(1)),
    low: quantileSorted(draws, 0.025),
    high: quantileSorted(draws, 0.975),
  };
}

/**
 * Area under the ROC curve with weights: over all pairs of classes, the weighted share in which class 1 scores higher,
 * ties counting half (Mann-Whitney). NaN without a pair.
 */
export function weightedAuc(
  examples: readonly Pick<Example, "label">[],
  scores: ArrayLike<number>,
  weights: ArrayLike<number>,
): number {
  const order = examples.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let [below, wins, ones] = [0, 0, 0];
  for (let at = 0; at < order.length;) {
    const score = scores[order[at]!];
    const tied = [0, 0];
    for (; at < order.length && scores[order[at]!] === score; at++) {
      const i = order[at]!;
      tied[examples[i]!.label]! += weights[i]!;
    }
    wins += tied[1]! * (below + tied[0]! / 2);
    below += tied[0]!;
    ones += tied[1]!;
  }
  return wins / (below * ones);
}

/** AUCs of resampled tasks; draws that lack a class are left out. */
function bootstrap(examples: readonly Example[], scores: Float64Array, rng: Rng): number[] {
  const tasks = [...new Set(examples.map(({ taskId }) => taskId))];
  const place = new Map(tasks.map((task, i) => [task, i]));
  const draws = Array.from({ length: DRAWS }, () => {
    const counts = new Uint32Array(tasks.length);
    for (let i = 0; i < tasks.length; i++) counts[rng.int(tasks.length)]!++;
    const weights = examples.map(({ taskId }) => counts[place.get(taskId)!]!);
    return weightedAuc(examples, scores, weights);
  });
  return draws.filter((auc) => !Number.isNaN(auc));
}

/**
 * Fits by gradient descent with momentum; classes weigh alike, whatever their sizes.
 *
 * @returns The log-odds of class 1 of a vector.
 */
function fitLogistic(examples: readonly Example[]): (vector: ArrayLike<number>) => number {
  const size = examples[0]?.vector.length ?? 0;
  const [zeros, ones] = [0, 1].map((label) => examples.filter((e) => e.label === label).length);
  const longest = Math.max(1, ...examples.map(({ vector }) => squaredNorm(vector)));
  const rate = 1 / ((longest + 1) / 4 + RIDGE); // the loss curves no more than this
  let weights = new Float64Array(size + 1); // the last one is the bias
  let previous = weights;
  for (let step = 0; step < ITERATIONS; step++) {
    const ahead = weights.map((w, i) => w + step / (step + 3) * (w - previous[i]!));
    const gradient = ahead.map((w, i) => i < size ? RIDGE * w : 0);
    for (const { vector, label } of examples) {
      const share = 0.5 / (label === 1 ? ones! : zeros!);
      const error = share * (1 / (1 + Math.exp(-logOdds(ahead, vector))) - label);
      for (let i = 0; i < size; i++) gradient[i]! += error * vector[i]!;
      gradient[size]! += error;
    }
    previous = weights;
    weights = ahead.map((w, i) => w - rate * gradient[i]!);
  }
  return (vector) => logOdds(weights, vector);
}

function logOdds(weights: Float64Array, vector: ArrayLike<number>): number {
  let sum = weights.at(-1)!;
  for (let i = 0; i < vector.length; i++) sum += weights[i]! * vector[i]!;
  return sum;
}

function squaredNorm(vector: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
  return sum;
}
