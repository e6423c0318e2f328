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
  const size = examples[0]!.vector.length;
  const thin = examples.map((example) => ({ ...example, vector: sparse(example.vector) }));
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = (example: SparseExample): boolean => foldOf.get(example.taskId) === fold;
    const score = fitLogistic(thin.filter((example) => !held(example)), size);
    thin.forEach((example, i) => {
      if (held(example)) scores[i] = score(example.vector);
    });
  }
  const ranked = rankByScore(examples, scores);
  const draws = bootstrap(examples, ranked, rng.fork("bootstrap")).sort((a, b) => a - b);
  return {
    auc: weightedAuc(ranked, () => 1),
    low: quantileSorted(draws, 0.025),
    high: quantileSorted(draws, 0.975),
  };
}

/** An example with its place when all are ordered by their scores. */
export interface Ranked<E> {
  readonly example: E;
  /** From 0; examples of equal scores have the same. */
  readonly rank: number;
}

/** Orders examples by their scores, lowest first. */
export function rankByScore<E>(examples: readonly E[], scores: ArrayLike<number>): Ranked<E>[] {
  const order = examples.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rank = 0;
  return order.map((i, at) => {
    if (at > 0 && scores[i] !== scores[order[at - 1]!]) rank = at;
    return { example: examples[i]!, rank };
  });
}

/**
 * Area under the ROC curve with weights: over all pairs of classes, the weighted share in which class 1 scores higher,
 * ties counting half (Mann-Whitney). NaN without a pair.
 *
 * @param ranked In the order of their scores.
 * @param weightOf Weight of the example at a place of `ranked`.
 */
export function weightedAuc(
  ranked: readonly Ranked<Pick<Example, "label">>[],
  weightOf: (at: number) => number,
): number {
  let [below, wins, ones] = [0, 0, 0];
  for (let at = 0; at < ranked.length;) {
    const { rank } = ranked[at]!;
    const tied = [0, 0];
    for (; at < ranked.length && ranked[at]!.rank === rank; at++) {
      tied[ranked[at]!.example.label]! += weightOf(at);
    }
    wins += tied[1]! * (below + tied[0]! / 2);
    below += tied[0]!;
    ones += tied[1]!;
  }
  return wins / (below * ones);
}

/** AUCs of resampled tasks, which leave the order of the scores as it is; draws that lack a class are left out. */
function bootstrap(
  examples: readonly Example[],
  ranked: readonly Ranked<Example>[],
  rng: Rng,
): number[] {
  const tasks = [...new Set(examples.map(({ taskId }) => taskId))];
  const number = new Map(tasks.map((task, i) => [task, i]));
  const taskAt = Uint32Array.from(ranked, ({ example }) => number.get(example.taskId)!);
  const draws = Array.from({ length: DRAWS }, () => {
    const counts = new Uint32Array(tasks.length);
    for (let i = 0; i < tasks.length; i++) counts[rng.int(tasks.length)]!++;
    return weightedAuc(ranked, (at) => counts[taskAt[at]!]!);
  });
  return draws.filter((auc) => !Number.isNaN(auc));
}

/**
 * Fits by gradient descent with momentum; classes weigh alike, whatever their sizes.
 *
 * @returns The log-odds of class 1 of a vector.
 */
function fitLogistic(
  examples: readonly SparseExample[],
  size: number,
): (vector: SparseVector) => number {
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
      addScaled(gradient, error, vector);
      gradient[size]! += error;
    }
    previous = weights;
    weights = ahead.map((w, i) => w - rate * gradient[i]!);
  }
  return (vector) => logOdds(weights, vector);
}

function logOdds(weights: Float64Array, { places, values }: SparseVector): number {
  let sum = weights[weights.length - 1]!;
  for (let i = 0; i < places.length; i++) sum += weights[places[i]!]! * values[i]!;
  return sum;
}

function addScaled(sum: Float64Array, scale: number, { places, values }: SparseVector): void {
  for (let i = 0; i < places.length; i++) sum[places[i]!]! += scale * values[i]!;
}

function squaredNorm({ values }: SparseVector): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** What of a vector is not zero: of counts of n-grams, few places in hundreds. */
interface SparseVector {
  readonly places: Uint32Array;
  readonly values: Float64Array;
}

type SparseExample = Omit<Example, "vector"> & { readonly vector: SparseVector };

function sparse(vector: ArrayLike<number>): SparseVector {
  const places = Array.from(vector, (_, i) => i).filter((i) => vector[i] !== 0);
  return { places: Uint32Array.from(places), values: Float64Array.from(places, (i) => vector[i]!) };
}
