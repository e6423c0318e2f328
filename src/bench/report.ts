/**
 * The end of a training run: what it changed, for a person, for a page, and for a script.
 *
 * @module
 */
import type { Json } from "../base/mod.ts";
import { compareEvaluations, type PairedEvaluation, type PairedRates } from "./compare.ts";
import { type Estimate, meanOverSources, sourceRates } from "./estimators.ts";
import { type ItemResult, outcomesOf } from "./evaluate.ts";
import {
  markdownTable,
  percent,
  percentInterval,
  pointsInterval,
  pValue,
  type Table,
  textTable,
} from "./table.ts";

/** A line of `metrics.jsonl`. */
export type MetricsLine = Readonly<Record<string, Json>>;

/** Rates of an evaluation, as far as reports and plots need them. */
export interface Rates {
  /** By source. */
  readonly sources: Readonly<Record<string, Estimate>>;
  /** Unweighted over sources. */
  readonly mean: Estimate;
}

/** An evaluation during training, such as a line of `eval.jsonl`. */
export interface EvaluationPoint {
  /** Steps trained. */
  readonly step: number;
  /** What was measured. */
  readonly summary: Rates;
}

/** Results of the same bugs before and after training, in one order. */
export interface BeforeAfter {
  readonly before: readonly ItemResult[];
  readonly after: readonly ItemResult[];
}

/** What a report is made of. */
export interface TrainRecord extends BeforeAfter {
  readonly method: string;
  /** Steps trained. */
  readonly steps: number;
  /** Seed of the run; also of the bootstrap. */
  readonly seed: number;
  /** Name of the GPU adapter. */
  readonly adapter: string;
  /** Bugs of families that no training task belongs to. */
  readonly heldout?: BeforeAfter;
  /** On validation bugs, oldest first; may be empty. */
  readonly validations: readonly EvaluationPoint[];
  /** Lines of `metrics.jsonl`. */
  readonly metrics: readonly MetricsLine[];
  /** Time of the whole run, seconds. */
  readonly wallSeconds: number;
  /** SHA-256 of each input, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Names of the SVG files beside the report, shown in its Markdown. */
  readonly plots?: readonly string[];
}

/** What is said of a run's speed and of its generator. */
interface Effort {
  /** Valid bugs among the generator's attempts, as a share; 0 without attempts. */
  readonly validRate: number;
  /** Mean over the steps. */
  readonly tokensPerSecond: number;
}

/** `report.json`. */
export interface TrainReport
  extends
    Effort,
    Omit<TrainRecord, "before" | "after" | "heldout" | "metrics" | "plots" | "validations"> {
  /** Bugs of tasks whose skeletons were not trained on. */
  readonly test: PairedEvaluation;
  /** Bugs of families that were not trained on: the harder test. */
  readonly heldoutFamilies?: PairedEvaluation;
  /** On validation bugs, oldest first. */
  readonly validations: readonly (Rates & { readonly step: number })[];
}

/** What `train --json` prints. */
export interface TrainSummary extends Effort {
  /** Name of the run. */
  readonly run: string;
  readonly steps: number;
  readonly method: string;
  /** Fix rate by source, and `mean`. */
  readonly before: Readonly<Record<string, number>>;
  /** Fix rate by source, and `mean`. */
  readonly after: Readonly<Record<string, number>>;
}

/** Fix rate of every source, and `mean` over them. */
export function fixRates(results: readonly ItemResult[]): Record<string, number> {
  const outcomes = outcomesOf(results, ({ passed, attempts }) => passed / attempts);
  const rates = Object.entries(sourceRates(outcomes)).map(([name, { fixRate }]) => [name, fixRate]);
  return { ...Object.fromEntries(rates), mean: meanOverSources(outcomes) };
}

/** The run for a script. */
export function trainSummary(
  run: string,
  { steps, method, before, after, metrics }: TrainRecord,
): TrainSummary {
  const [first, last] = [fixRates(before), fixRates(after)];
  return { run, steps, method, before: first, after: last, ...effortOf(metrics) };
}

/** The report as JSON, as Markdown, and as a table for a terminal of 100 columns. */
export function trainReport(
  record: TrainRecord,
): { json: TrainReport; markdown: string; table: string } {
  const { before, after, heldout, metrics, validations, plots = [], ...facts } = record;
  const json: TrainReport = {
    ...facts,
    ...effortOf(metrics),
    test: compareEvaluations(before, after, record.seed),
    ...(heldout && {
      heldoutFamilies: compareEvaluations(heldout.before, heldout.after, record.seed),
    }),
    validations: validations.map(({ step, summary: { sources, mean } }) => ({
      step,
      sources,
      mean,
    })),
  };
  return { json, markdown: toMarkdown(json, plots), table: toText(json) };
}

/** Rates of a paired comparison as a table, the mean last. */
export function pairedTable(
  { sources, mean }: PairedEvaluation,
  [before, after]: readonly [string, string] = ["before", "after"],
): Table {
  const row = (name: string, rates: PairedRates): string[] => [
    name,
    String(rates.n),
    percentInterval(rates.before),
    percentInterval(rates.after),
    pointsInterval(rates.change),
    pValue(rates.change.p),
  ];
  return {
    head: ["fix rate, %", "n", before, after, "change", "p"],
    rows: [...Object.entries(sources).map(([name, rates]) => row(name, rates)), row("mean", mean)],
  };
}

function effortOf(metrics: readonly MetricsLine[]): Effort {
  const numbers = (key: string): number[] => metrics.map((line) => Number(line[key] ?? 0));
  const attempts = numbers("generator.attempts");
  const valid = numbers("generator.validRate").map((rate, i) => rate * attempts[i]!);
  const speeds = numbers("tokensPerSecond").filter((speed) => speed > 0);
  return {
    validRate: sum(valid) / Math.max(1, sum(attempts)),
    tokensPerSecond: sum(speeds) / Math.max(1, speeds.length),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What was measured, one heading a table. */
function sections(report: TrainReport): [string, PairedEvaluation][] {
  const { test, heldoutFamilies } = report;
  const title = (name: string, { mean, tasks }: PairedEvaluation): string =>
    `${name}: ${mean.n} bugs of ${tasks} tasks`;
  return [
    [title("Held-out skeletons", test), test],
    ...(heldoutFamilies
      ? [
        [title("Held-out families", heldoutFamilies), heldoutFamilies] as [
          string,
          PairedEvaluation,
        ],
      ]
      : []),
  ];
}

function toText(report: TrainReport): string {
  const parts = sections(report).map(([title, paired]) =>
    `${title}\n${textTable(pairedTable(paired))}`
  );
  return [...parts, factsOf(report)].join("\n\n") + "\n";
}

function factsOf(
  { method, steps, seed, wallSeconds, validRate, tokensPerSecond }: TrainReport,
): string {
  return `${method}, ${steps} steps, seed ${seed}, ${duration(wallSeconds)}; ` +
    `${percent(validRate)} % of the generated bugs are valid; ${
      tokensPerSecond.toFixed(0)
    } tokens/s`;
}

function toMarkdown(report: TrainReport, plots: readonly string[]): string {
  const { method, steps, seed, adapter, validations, inputs } = report;
  const measured = sections(report).flatMap(([title, paired]) => [
    `## ${title}`,
    markdownTable(pairedTable(paired)),
  ]);
  const curve = validations.length === 0 ? [] : [
    "## Validation bugs over the steps",
    markdownTable(validationTable(validations)),
  ];
  const hashes = Object.entries(inputs);
  return [
    `# ${method}: ${steps} steps, seed ${seed}`,
    `${factsOf(report)}; on ${adapter}.`,
    ...measured,
    "Brackets are 95 % intervals: Wilson's for a source, the bootstrap over tasks for the mean and for every " +
    "change, which is paired bug by bug; p is two-sided.",
    ...curve,
    ...(plots.length === 0
      ? []
      : ["## Plots", ...plots.map((name) => `![${plotTitle(name)}](${name})`)]),
    ...(hashes.length === 0
      ? []
      : ["## Inputs", markdownTable({ head: ["input", "SHA-256"], rows: hashes })]),
  ].join("\n\n") + "\n";
}

function validationTable(validations: TrainReport["validations"]): Table {
  const sources = Object.keys(validations[0]!.sources);
  return {
    head: ["step", ...sources, "mean"],
    rows: validations.map(({ step, sources: rates, mean }) => [
      String(step),
      ...sources.map((source) => rates[source] ? percent(rates[source].fixRate) : ""),
      percentInterval(mean),
    ]),
  };
}

function plotTitle(name: string): string {
  return name.replace(/\.svg$/, "").replaceAll("-", " ");
}

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0
    ? `${seconds.toFixed(0)} s`
    : `${minutes} min ${(seconds % 60).toFixed(0)} s`;
}
