/**
 * Estimators for pass rates: unbiased pass@k, Wilson intervals, and the paired bootstrap clustered by task.
 *
 * Items of one task share its difficulty, so tasks, not items, are resampled.
 *
 * @module
 */
import { quantileSorted } from "simple-statistics";
import type { Rng } from "../base/mod.ts";

/** A point estimate with its 95 % interval, as shares in [0, 1]. */
export interface Estimate {
  /** The estimate. */
  readonly fixRate: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** One outcome: an item of a task from a source, and its pass rate in [0, 1]. */
export interface Outcome {
  /** The cluster that is resampled. */
  readonly taskId: string;
  /** The stratum whose mean enters the mean over sources. */
  readonly source: string;
  /** 1 if the item was fixed, 0 if not; or a rate over several attempts. */
  readonly passed: number;
}

/** A difference of two means over sources, b minus a. */
export interface Comparison {
  /** The difference. */
  readonly diff: number;
  /** Lower end of the 95 % interval. */
  readonly low: number;
  /** Upper end of the 95 % interval. */
  readonly high: number;
  /** Two-sided bootstrap p-value of "no difference". */
  readonly p: number;
}

/** 97.5th percentile of the standard normal distribution. */
const Z95 = 1.959964;
/** Bootstrap draws; the Monte Carlo error of an interval's end is then about a fortieth of its width. */
const DRAWS = 2000;

/**
 * Unbiased pass@k from n attempts of which c passed: 1 - C(n-c, k) / C(n, k) (Chen et al. 2021, arXiv:2107.03374,
 * equation 1).
 *
 * @throws {RangeError} If fewer than k attempts were made.
 */
export function passAtK(attempts: number, passes: number, k: number): number {
  if (k > attempts) {
    throw new RangeError(`Cannot estimate pass@${k}: only ${attempts} attempts were made`);
  }
  let allFail = 1;
  for (let i = 0; i < k; i++) allFail *= Math.max(0, attempts - passes - i) / (attempts - i);
  return 1 - allFail;
}

/** Wilson's 95 % score interval of a share of `n` independent trials (Wilson 1927). */
export function wilson(passes: number, n: number): Estimate {
  if (n === 0) return { fixRate: 0, low: 0, high: 1 };
  const rate = passes / n;
  const z2 = Z95 * Z95;
  const centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
  const half = Z95 / (1 + z2 / n) * Math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n));
  return { fixRate: rate, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** Pass rate of every source with Wilson's interval; sources in alphabetical order. */
export function sourceRates(
  outcomes: readonly Outcome[],
): Record<string, Estimate & { n: number }> {
  const groups = Map.groupBy(outcomes, (outcome) => outcome.source);
  return Object.fromEntries(
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([source, items]) => {
      const passes = items.reduce((sum, item) => sum + item.passed, 0);
      return [source, { n: items.length, ...wilson(passes, items.length) }];
    }),
  );
}

/** Unweighted mean over sources of their pass rates; 0 without outcomes. */
export function meanOverSources(outcomes: readonly Outcome[]): number {
  return meanOfSums(sumBySource(outcomes, () => 1));
}

/** The mean over sources with a 95 % percentile interval from resampling tasks. */
export function bootstrapMean(outcomes: readonly Outcome[], rng: Rng): Estimate {
  const tasks = clusters(outcomes);
  const draws = Array.from({ length: DRAWS }, () => meanOfSums(resample(tasks, rng)));
  const [low, high] = interval(draws);
  return { fixRate: meanOverSources(outcomes), low, high };
}

/**
 * The difference b - a of two models on the same items: tasks are resampled for both at once.
 *
 * @throws {RangeError} If the two lists do not hold the same tasks and sources in the same order.
 */
export function bootstrapDifference(
  a: readonly Outcome[],
  b: readonly Outcome[],
  rng: Rng,
): Comparison {
  const same = a.length === b.length &&
    a.every((item, i) => item.taskId === b[i]!.taskId && item.source === b[i]!.source);
  if (!same) throw new RangeError("Cannot compare two evaluations: their items differ");
  const differences = a.map((item, i) => ({ ...item, passed: b[i]!.passed - item.passed }));
  const tasks = clusters(differences);
  const draws = Array.from({ length: DRAWS }, () => meanOfSums(resample(tasks, rng)));
  const [low, high] = interval(draws);
  const below = draws.filter((draw) => draw <= 0).length;
  const above = draws.filter((draw) => draw >= 0).length;
  const p = Math.min(1, 2 * (Math.min(below, above) + 1) / (DRAWS + 1));
  return { diff: meanOverSources(differences), low, high, p };
}

type Sums = Map<string, { passes: number; n: number }>;

function clusters(outcomes: readonly Outcome[]): Outcome[][] {
  return [...Map.groupBy(outcomes, (outcome) => outcome.taskId).values()];
}

function resample(tasks: readonly Outcome[][], rng: Rng): Sums {
  const counts = new Uint32Array(tasks.length);
  for (let i = 0; i < tasks.length; i++) counts[rng.int(tasks.length)]!++;
  return sumBySource(tasks.flat(), indexWeights(tasks, counts));
}

/** Weight of an outcome, by its position in the flattened clusters. */
function indexWeights(tasks: readonly Outcome[][], counts: Uint32Array): (i: number) => number {
  const weights = tasks.flatMap((items, t) => items.map(() => counts[t]!));
  return (i) => weights[i]!;
}

function sumBySource(outcomes: readonly Outcome[], weight: (index: number) => number): Sums {
  const sums: Sums = new Map();
  outcomes.forEach(({ source, passed }, i) => {
    const sum = sums.get(source) ?? { passes: 0, n: 0 };
    sum.passes += passed * weight(i);
    sum.n += weight(i);
    sums.set(source, sum);
  });
  return sums;
}

function meanOfSums(sums: Sums): number {
  const drawn = [...sums.values()].filter(({ n }) => n > 0);
  return drawn.reduce((sum, { passes, n }) => sum + passes / n, 0) / Math.max(1, drawn.length);
}

function interval(draws: number[]): [number, number] {
  const sorted = draws.sort((a, b) => a - b);
  return [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)];
}
