/**
 * A reproduction's result for people.
 *
 * @module
 */
import { markdownTable, percentInterval, pointsInterval, pValue, type Table } from "../table.ts";
import type { ArmComparison, ArmRates, ArmReport, Measured, Reproduction } from "./report.ts";
import type { RelativeGain } from "./nested_bootstrap.ts";

/** What a report shows besides its numbers. */
export interface ReportParts {
  /** Names of the SVG files beside it. */
  readonly plots: readonly string[];
  /** What a reader must know of the cells. */
  readonly notes: readonly string[];
  /** Further sections, each with its heading. */
  readonly sections?: readonly string[];
}

/** `report.md`. */
export function reproductionMarkdown(report: Reproduction, parts: ReportParts): string {
  const { arms, heldoutFamilies, inputs } = report;
  return [
    "# Reproduction",
    factsOf(report),
    ...parts.notes,
    "## Held-out skeletons",
    ...measuredTables(report),
    HOW,
    ...(arms.some((arm) => arm.passAtK)
      ? ["## pass@k on held-out skeletons", markdownTable(passTable(arms))]
      : []),
    ...(heldoutFamilies ? ["## Held-out families", ...measuredTables(heldoutFamilies)] : []),
    "## Compute",
    COMPUTE,
    markdownTable(computeTable(arms)),
    AGAIN,
    report.cellCommands.map((line) => `    ${line}`).join("\n"),
    ...parts.sections ?? [],
    ...(parts.plots.length === 0
      ? []
      : ["## Plots", ...parts.plots.map((name) => `![${name.replace(/\.svg$/, "")}](${name})`)]),
    "## Inputs",
    markdownTable({ head: ["input", "SHA-256"], rows: Object.entries(inputs) }),
  ].join("\n\n") + "\n";
}

const HOW =
  "Fix rates are greedy, one attempt a bug, in per cent. Brackets are 95 % intervals of the paired " +
  "bootstrap: 2000 draws, each resampling tasks and, within, seeds as whole runs. Differences are a - b in " +
  "percentage points on the seeds that both arms have; p is two-sided; the relative gain is the ratio of the means " +
  "less 1.";

const COMPUTE =
  "Every arm that trains does so until the tokens of the completions it sampled and of those it " +
  "learned from reach the same budget, to within one round; prompts and measurements are not counted. Means over the seeds.";

const AGAIN = "The cells were made by the commands below. One arm and seed is run again with " +
  "`--arms ARM --seeds N-N --out OTHER-FOLDER` in place of theirs.";

function factsOf(report: Reproduction): string {
  const { command, adapters, seeds, wallSeconds, gitCommits } = report;
  return `\`${command}\`: seeds ${seeds.join(", ")}; ${
    hours(wallSeconds)
  } of all cells together; on ` +
    `${adapters.join(", ")}; commits ${
      gitCommits.map((commit) => commit.slice(0, 10)).join(", ")
    }.`;
}

function hours(seconds: number): string {
  return seconds < 3600
    ? `${(seconds / 60).toFixed(1)} minutes`
    : `${(seconds / 3600).toFixed(1)} hours`;
}

function measuredTables({ arms, comparisons }: Measured): string[] {
  return [
    markdownTable(armTable(arms)),
    ...(comparisons.length > 0 ? [markdownTable(comparisonTable(comparisons))] : []),
  ];
}

/** Fix rates of the arms. */
export function armTable(arms: readonly ArmRates[]): Table {
  const sources = Object.keys(arms[0]!.sources);
  return {
    head: ["arm", "seeds", ...sources, "mean"],
    rows: arms.map(({ name, seeds, sources: rates, mean }) => [
      name,
      String(seeds.length),
      ...sources.map((source) => rates[source] ? percentInterval(rates[source]) : ""),
      percentInterval(mean),
    ]),
  };
}

/** Comparisons of the means, and by how many of the sources a leads. */
export function comparisonTable(comparisons: readonly ArmComparison[]): Table {
  return {
    head: ["a", "b", "seeds", "a - b", "p", "relative, %", "sources where a leads"],
    rows: comparisons.map((comparison) => {
      const { a, b, seeds, p, relative, sources } = comparison;
      const all = Object.values(sources);
      const leads = all.filter(({ diff }) => diff > 0).length;
      return [
        a,
        b,
        String(seeds.length),
        pointsInterval(comparison),
        pValue(p),
        relative ? gain(relative) : "",
        `${leads} of ${all.length}`,
      ];
    }),
  };
}

function gain({ gain, low, high }: RelativeGain): string {
  return pointsInterval({ diff: gain, low, high });
}

function passTable(arms: readonly ArmReport[]): Table {
  const ks = [...new Set(arms.flatMap(({ passAtK = {} }) => Object.keys(passAtK)))];
  return {
    head: ["arm", "seeds", ...ks.map((k) => `pass@${k}`)],
    rows: arms.filter(({ passSeeds }) => passSeeds).map(({ name, passSeeds, passAtK = {} }) => [
      name,
      String(passSeeds),
      ...ks.map((k) => passAtK[k] ? percentInterval(passAtK[k]) : ""),
    ]),
  };
}

function computeTable(arms: readonly ArmReport[]): Table {
  return {
    head: ["arm", "rounds", "sampled tokens", "trained tokens", "minutes a seed"],
    rows: arms.map(({ name, rounds, tokens, seconds }) => [
      name,
      rounds.toFixed(1),
      tokens.sampled.toFixed(0),
      tokens.trained.toFixed(0),
      (seconds / 60).toFixed(1),
    ]),
  };
}

/** A line for a terminal: how an arm stands. */
export function armLine({ name, seeds, mean }: ArmRates): string {
  return `${name}: ${percentInterval(mean)} %, ${seeds.length} seeds`;
}
