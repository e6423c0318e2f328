/**
 * A reproduction's result: fix rates of every arm, and the arms compared, from the cells that are there.
 *
 * @module
 */
import { ConfigError, type Json, rngStream } from "../../base/mod.ts";
import { type Comparison, type Estimate, passAtK } from "../estimators.ts";
import type { ArmCell } from "./cell.ts";
import {
  difference,
  drawRates,
  drawResamples,
  estimate,
  MEAN,
  ratesOf,
  type RelativeGain,
  relativeGain,
  type SeedResults,
} from "./nested_bootstrap.ts";
import { digitsOf, type Packed } from "./packed.ts";

/** Fix rates with intervals. */
export interface ArmRates {
  readonly name: string;
  /** Seeds that there are cells of. */
  readonly seeds: readonly number[];
  readonly sources: Readonly<Record<string, Estimate>>;
  /** Unweighted over sources. */
  readonly mean: Estimate;
}

/** An arm with what it took. */
export interface ArmReport extends ArmRates {
  readonly method: string;
  /** Means over the seeds. */
  readonly tokens: { readonly sampled: number; readonly trained: number };
  readonly rounds: number;
  readonly seconds: number;
  /** Mean over sources of the unbiased pass@k, by k, over the seeds with sampled repairs; absent without any. */
  readonly passAtK?: Readonly<Record<string, Estimate>>;
  /** Seeds with sampled repairs, count; absent without any. */
  readonly passSeeds?: number;
}

/** A comparison of one rate of two arms: differences are a - b. */
export interface RateComparison extends Comparison {
  /** `diff` in relation to b; absent where b is 0. */
  readonly relative?: RelativeGain;
}

/** Arm a against arm b, on the seeds that both have. */
export interface ArmComparison extends RateComparison {
  readonly a: string;
  readonly b: string;
  readonly seeds: readonly number[];
  readonly sources: Readonly<Record<string, RateComparison>>;
}

/** Arms and comparisons on one set of bugs. */
export interface Measured<Arm extends ArmRates = ArmRates> {
  readonly arms: readonly Arm[];
  readonly comparisons: readonly ArmComparison[];
}

/** What all cells come from. */
export interface Origin {
  /** Command line that makes the report of the cells. */
  readonly command: string;
  /** Command lines that made the cells. */
  readonly cellCommands: readonly string[];
  /** All seeds of all arms. */
  readonly seeds: readonly number[];
  readonly adapters: readonly string[];
  readonly gitCommits: readonly string[];
  /** Time of all cells together, seconds. */
  readonly wallSeconds: number;
  /** SHA-256 of every input, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** SHA-256 of each cell's settings, by arm and seed. */
  readonly configHashes: Readonly<Record<string, string>>;
}

/** `report.json`, without what is added to it. */
export interface Reproduction extends Origin, Measured<ArmReport> {
  /** On bugs of families that were not trained on. */
  readonly heldoutFamilies?: Measured;
}

/** Which arms are compared, where both have cells; every ablation is compared with `asp` besides. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["asp", "self-play"],
  ["asp", "asp-paper"],
  ["asp", "placebo"],
  ["asp", "base"],
  ["asp", "fixer-only"],
  ["asp", "ast-mutation"],
  ["asp", "sft"],
  ["asp-paper", "self-play"],
  ["self-play", "base"],
  ["self-play+mixing", "self-play"],
  ["self-play+similarity", "self-play"],
];

const KS = [1, 5, 10];
/** Seed of the bootstrap. */
const SEED = 1;

/**
 * Computes the report.
 *
 * @param order Names of arms in the order they are shown in; others follow.
 * @throws {ConfigError} If there is no cell, or cells were made from different inputs.
 */
export function reproductionReport(
  cells: readonly ArmCell[],
  { command, order }: { command: string; order: readonly string[] },
): Reproduction {
  const arms = groupByArm(cells, order);
  const test = measureArms(arms, ({ test }) => test);
  const withFamilies = new Map(
    [...arms].map(([name, some]) => [name, some.filter((cell) => cell.heldoutFamilies)] as const)
      .filter(([, some]) => some.length > 0),
  );
  return {
    ...originOf(cells, command),
    arms: test.arms.map((rates) => describeArm(rates, arms.get(rates.name)!)),
    comparisons: test.comparisons,
    ...(withFamilies.size > 0 && {
      heldoutFamilies: measureArms(withFamilies, (cell) => cell.heldoutFamilies!),
    }),
  };
}

/** Cells by arm, in the order that arms are shown in, seeds ascending. */
export function groupByArm(
  cells: readonly ArmCell[],
  order: readonly string[],
): ReadonlyMap<string, readonly ArmCell[]> {
  const place = (arm: string): number => order.includes(arm) ? order.indexOf(arm) : order.length;
  const groups = [...Map.groupBy(cells, ({ arm }) => arm)]
    .sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
  return new Map(groups.map(([arm, some]) => [arm, some.toSorted((a, b) => a.seed - b.seed)]));
}

function originOf(cells: readonly ArmCell[], command: string): Origin {
  const first = cells[0];
  if (!first) throw new ConfigError("Cannot report: there are no cells");
  const inputs = (cell: ArmCell): string => JSON.stringify(cell.inputs);
  const other = cells.find((cell) => inputs(cell) !== inputs(first));
  if (other) {
    throw new ConfigError(
      `Cannot report: cells ${nameOf(first)} and ${nameOf(other)} were made from other inputs: ` +
        `${inputs(first)} and ${inputs(other)}`,
    );
  }
  const distinct = (of: (cell: ArmCell) => string): string[] => [...new Set(cells.map(of))].sort();
  return {
    command,
    seeds: [...new Set(cells.map(({ seed }) => seed))].sort((a, b) => a - b),
    cellCommands: distinct((cell) => cell.command),
    adapters: distinct(({ adapter }) => adapter),
    gitCommits: distinct(({ gitCommit }) => gitCommit),
    wallSeconds: cells.reduce((sum, { seconds }) => sum + seconds, 0),
    inputs: first.inputs,
    configHashes: Object.fromEntries(cells.map((cell) => [nameOf(cell), cell.configHash])),
  };
}

function nameOf({ arm, seed }: ArmCell): string {
  return `${arm}-${seed}`;
}

function measureArms(
  arms: ReadonlyMap<string, readonly ArmCell[]>,
  packedOf: (cell: ArmCell) => Packed,
): Measured {
  const results = new Map(
    [...arms].map(([name, cells]) =>
      [name, seedResults(cells, packedOf, ({ after }) => digitsOf(after))] as const
    ),
  );
  const ablations = [...arms.keys()].filter((name) => /^asp-(?!paper$)/.test(name));
  const pairs = [...PAIRS, ...ablations.map((name) => [name, "asp"] as const)];
  return {
    arms: [...results].map(([name, some]) => ({ name, seeds: some.seeds, ...estimates(some) })),
    comparisons: pairs.flatMap(([a, b]) => {
      const [first, second] = [results.get(a), results.get(b)];
      return first && second ? compareArms({ a, b }, first, second) : [];
    }),
  };
}

/** Results of an arm, seeds in the order of the cells. */
export function seedResults(
  cells: readonly ArmCell[],
  packedOf: (cell: ArmCell) => Packed,
  rates: (source: Packed["sources"][string]) => number[],
): SeedResults {
  const packed = cells.map(packedOf);
  const { tasks, sources } = packed[0]!;
  return {
    seeds: cells.map(({ seed }) => seed),
    tasks,
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, { tasks: places }]) => [
        name,
        { tasks: places, passed: packed.map((one) => rates(one.sources[name]!)) },
      ]),
    ),
  };
}

/** Rates of every source and of their mean, with intervals. */
export function estimates(results: SeedResults): Pick<ArmRates, "sources" | "mean"> {
  const { tasks, seeds } = results;
  const points = ratesOf(results);
  const draws = drawRates(results, drawResamples(tasks.length, seeds.length, rngStream(SEED)));
  const of = (name: string): Estimate => estimate(points.get(name)!, draws.get(name)!);
  const names = Object.keys(results.sources);
  return { sources: Object.fromEntries(names.map((name) => [name, of(name)])), mean: of(MEAN) };
}

/** Compares two arms on the seeds that both have; nothing if they share none. */
function compareArms(
  names: { a: string; b: string },
  first: SeedResults,
  second: SeedResults,
): ArmComparison[] {
  const seeds = first.seeds.filter((seed) => second.seeds.includes(seed));
  if (seeds.length === 0) return [];
  const resamples = drawResamples(first.tasks.length, seeds.length, rngStream(SEED));
  const drawn = (results: SeedResults): Drawn => {
    const own = onlySeeds(results, seeds);
    return { points: ratesOf(own), draws: drawRates(own, resamples) };
  };
  const [a, b] = [drawn(first), drawn(second)];
  const compare = (name: string): RateComparison => {
    const point = [a.points.get(name)!, b.points.get(name)!] as const;
    const [drawsA, drawsB] = [a.draws.get(name)!, b.draws.get(name)!];
    const relative = relativeGain(point, drawsA, drawsB);
    return { ...difference(point, drawsA, drawsB), ...(relative && { relative }) };
  };
  const sources = Object.keys(first.sources).map((name) => [name, compare(name)]);
  return [{ ...names, seeds, ...compare(MEAN), sources: Object.fromEntries(sources) }];
}

interface Drawn {
  readonly points: ReadonlyMap<string, number>;
  readonly draws: ReadonlyMap<string, Float64Array>;
}

function onlySeeds(results: SeedResults, seeds: readonly number[]): SeedResults {
  const rows = seeds.map((seed) => results.seeds.indexOf(seed));
  const sources = Object.entries(results.sources).map(([name, { tasks, passed }]) => [
    name,
    { tasks, passed: rows.map((row) => passed[row]!) },
  ]);
  return { ...results, seeds, sources: Object.fromEntries(sources) };
}

function describeArm(rates: ArmRates, cells: readonly ArmCell[]): ArmReport {
  const mean = (of: (cell: ArmCell) => number): number =>
    cells.reduce((sum, cell) => sum + of(cell), 0) / cells.length;
  const sampled = cells.filter((cell) => cell.samples > 0);
  const samples = Math.min(...sampled.map((cell) => cell.samples));
  const ks = KS.filter((k) => sampled.length > 0 && k <= samples);
  const atK = ks.map((k) => {
    const results = seedResults(
      sampled,
      ({ test }) => test,
      ({ sampled }) => digitsOf(sampled!).map((passes) => passAtK(samples, passes, k)),
    );
    return [String(k), estimates(results).mean];
  });
  return {
    ...rates,
    method: cells[0]!.method,
    tokens: {
      sampled: mean((cell) => cell.tokens.sampled),
      trained: mean((c) => c.tokens.trained),
    },
    rounds: mean(({ rounds }) => rounds),
    seconds: mean(({ seconds }) => seconds),
    ...(atK.length > 0 && { passAtK: Object.fromEntries(atK), passSeeds: sampled.length }),
  };
}

/** Settings in which cells differ though their arms do not say so: a line each. */
export function settingNotes(cells: readonly ArmCell[]): string[] {
  const shared = ({ experiment: { method: _, seed: __, ...rest } }: ArmCell): Json => rest;
  const plain = cells.filter(({ arm, method }) => arm === method);
  const groups = Map.groupBy(plain, (cell) => JSON.stringify(shared(cell)));
  if (groups.size < 2) return [];
  return [...groups.values()].map((some) =>
    `These cells share their settings, others have different ones: ${some.map(nameOf).join(", ")}.`
  );
}
