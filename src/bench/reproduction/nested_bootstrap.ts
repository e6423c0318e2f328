/**
 * The paired bootstrap clustered by task, with seeds nested in it.
 *
 * Each draw resamples tasks, for both arms at once, and within it the seeds. A seed is one whole training run: what it
 * learned shows in all tasks, so a draw takes or leaves it for all of them together, and the interval holds the spread
 * between runs besides that between tasks.
 *
 * @module
 */
import { quantileSorted } from "simple-statistics";
import type { Rng } from "../../base/mod.ts";
import type { Comparison, Estimate } from "../estimators.ts";

/** Pass rates of one arm. */
export interface SeedResults {
  /** The seeds it was trained with. */
  readonly seeds: readonly number[];
  /** Ids of the tasks. */
  readonly tasks: readonly string[];
  /** By source: position of each bug's task, and each seed's pass rate of each bug, `[seeds][bugs]`. */
  readonly sources: Readonly<
    Record<string, { readonly tasks: readonly number[]; readonly passed: readonly number[][] }>
  >;
}

/** Draws of the fix rate of every source and of the mean over sources. */
export type Draws = ReadonlyMap<string, Float64Array>;

/** A gain in relation to what it is compared with. */
export interface RelativeGain {
  /** Ratio of the means less 1. */
  readonly gain: number;
  readonly low: number;
  readonly high: number;
}

/** Bootstrap draws. */
export const DRAWS = 2000;

/** Name under which the mean over sources stands beside the sources. */
export const MEAN = "mean";

/** How often each task and each seed is drawn. */
export interface Resample {
  readonly tasks: Uint32Array;
  readonly seeds: Uint32Array;
}

/**
 * The same resamples for all arms with these tasks and seeds.
 *
 * @param seeds Count of seeds.
 * @param tasks Count of tasks.
 */
export function drawResamples(tasks: number, seeds: number, rng: Rng): Resample[] {
  const [ofTasks, ofSeeds] = [rng.fork("tasks"), rng.fork("seeds")];
  return Array.from({ length: DRAWS }, () => ({
    tasks: resample(tasks, ofTasks),
    seeds: resample(seeds, ofSeeds),
  }));
}

function resample(n: number, rng: Rng): Uint32Array {
  const counts = new Uint32Array(n);
  for (let i = 0; i < n; i++) counts[rng.int(n)]!++;
  return counts;
}

/** Fix rate of every source, and `mean` over them: of all tasks and seeds, or of a resample. */
export function ratesOf(results: SeedResults, draw?: Resample): Map<string, number> {
  const rates = new Map<string, number>();
  for (const [source, { tasks, passed }] of Object.entries(results.sources)) {
    let [sum, n] = [0, 0];
    passed.forEach((row, s) => {
      const seedWeight = draw ? draw.seeds[s]! : 1;
      if (seedWeight === 0) return;
      for (let i = 0; i < row.length; i++) {
        const weight = seedWeight * (draw ? draw.tasks[tasks[i]!]! : 1);
        sum += weight * row[i]!;
        n += weight;
      }
    });
    rates.set(source, n === 0 ? NaN : sum / n);
  }
  const known = [...rates.values()].filter((rate) => !Number.isNaN(rate));
  rates.set(MEAN, known.reduce((sum, rate) => sum + rate, 0) / known.length);
  return rates;
}

/** Rates of every resample. */
export function drawRates(results: SeedResults, resamples: readonly Resample[]): Draws {
  const all = resamples.map((draw) => ratesOf(results, draw));
  const names = [...Object.keys(results.sources), MEAN];
  return new Map(
    names.map((name) => [name, Float64Array.from(all, (rates) => rates.get(name)!)]),
  );
}

/** A rate with its interval. */
export function estimate(fixRate: number, draws: Float64Array): Estimate {
  const [low, high] = interval(draws);
  return { fixRate, low, high };
}

/** The difference a - b of two arms, resample by resample. */
export function difference(
  point: readonly [number, number],
  a: Float64Array,
  b: Float64Array,
): Comparison {
  const draws = a.map((rate, i) => rate - b[i]!);
  const [low, high] = interval(draws);
  const below = draws.filter((draw) => draw <= 0).length;
  const above = draws.filter((draw) => draw >= 0).length;
  const p = Math.min(1, 2 * (Math.min(below, above) + 1) / (draws.length + 1));
  return { diff: point[0] - point[1], low, high, p };
}

/** The gain of a over b in relation to b; undefined where b is 0 in the point estimate or in a resample. */
export function relativeGain(
  point: readonly [number, number],
  a: Float64Array,
  b: Float64Array,
): RelativeGain | undefined {
  if (point[1] === 0 || b.some((rate) => rate === 0)) return undefined;
  const [low, high] = interval(a.map((rate, i) => rate / b[i]! - 1));
  return { gain: point[0] / point[1] - 1, low, high };
}

function interval(draws: Float64Array): [number, number] {
  const sorted = Array.from(draws.filter((draw) => !Number.isNaN(draw))).sort((x, y) => x - y);
  if (sorted.length === 0) return [NaN, NaN];
  return [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)];
}
