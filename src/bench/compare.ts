/**
 * Two evaluations of the same bugs, side by side: a model before and after training, or two models.
 *
 * @module
 */
import { ConfigError, rngStream } from "../base/mod.ts";
import {
  bootstrapDifference,
  bootstrapMean,
  type Comparison,
  type Estimate,
  type Outcome,
  sourceRates,
} from "./estimators.ts";
import { type ItemResult, outcomesOf } from "./evaluate.ts";

/** Rates of one source, or of the mean over sources, and how they differ. */
export interface PairedRates {
  /** Number of bugs. */
  readonly n: number;
  /** The first evaluation's. */
  readonly before: Estimate;
  /** The second evaluation's. */
  readonly after: Estimate;
  /** Second minus first, item by item. */
  readonly change: Comparison;
}

/** A paired comparison. */
export interface PairedEvaluation {
  /** Number of tasks, the unit that is resampled. */
  readonly tasks: number;
  /** By source, alphabetically. */
  readonly sources: Readonly<Record<string, PairedRates>>;
  /** Unweighted over sources. */
  readonly mean: PairedRates;
}

/**
 * Compares two evaluations: Wilson's intervals by source, the bootstrap clustered by task for means and differences.
 *
 * @param seed Seed of the bootstrap.
 * @throws {RangeError} If the two do not hold the same bugs in the same order.
 */
export function compareEvaluations(
  before: readonly ItemResult[],
  after: readonly ItemResult[],
  seed: number,
): PairedEvaluation {
  const [a, b] = [passRates(before), passRates(after)];
  const [ratesA, ratesB] = [sourceRates(a), sourceRates(b)];
  const sources = Object.entries(ratesA).map(([source, { n, ...first }]) => {
    const [ofA, ofB] = [a, b].map((outcomes) => outcomes.filter((item) => item.source === source));
    const change = bootstrapDifference(ofA!, ofB!, rngStream(seed, "difference", source));
    const { n: _, ...second } = ratesB[source]!;
    return [source, { n, before: first, after: second, change }];
  });
  return {
    tasks: new Set(a.map(({ taskId }) => taskId)).size,
    sources: Object.fromEntries(sources),
    mean: {
      n: a.length,
      before: bootstrapMean(a, rngStream(seed, "bootstrap")),
      after: bootstrapMean(b, rngStream(seed, "bootstrap")),
      change: bootstrapDifference(a, b, rngStream(seed, "difference")),
    },
  };
}

/**
 * The results of `other` in the order of `results`, so that the two can be compared item by item.
 *
 * @param where Name of the place `other` was read from, for the message.
 * @throws {ConfigError} If `other` lacks a bug or holds more.
 */
export function alignResults(
  results: readonly ItemResult[],
  other: readonly ItemResult[],
  where: string,
): ItemResult[] {
  const byId = new Map(other.map((item) => [item.id, item]));
  const missing = results.find(({ id }) => !byId.has(id));
  if (missing || other.length !== results.length) {
    const found = missing ? `none for "${missing.id}"` : `${other.length}`;
    throw new ConfigError(
      `Cannot compare with ${where}: expected results of the same ${results.length} bugs, found ${found}`,
    );
  }
  return results.map(({ id }) => byId.get(id)!);
}

function passRates(results: readonly ItemResult[]): Outcome[] {
  return outcomesOf(results, ({ passed, attempts }) => passed / attempts);
}
