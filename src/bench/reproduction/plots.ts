/**
 * The plots of a reproduction.
 *
 * @module
 */
import { type Chart, curveChart, type CurvePoint, intervalChart, panelChart } from "../charts.ts";
import { renderSvg } from "../charts_svg.ts";
import type { ArmCell } from "./cell.ts";
import { type ArmRates, groupByArm, type Measured, type Reproduction } from "./report.ts";

/** Points of each curve over the budget. */
const POINTS = 12;
const THOUSAND = 1000;

/**
 * Draws fix rates, learning curves on each real source, pass rates on own bugs, and similarity of generated bugs.
 *
 * @param order Names of arms in the order they are shown in.
 * @returns SVG texts by file name; a plot without data is left out.
 */
export async function reproductionPlots(
  report: Reproduction,
  cells: readonly ArmCell[],
  order: readonly string[],
): Promise<Record<string, string>> {
  const drawn: Record<string, string> = {};
  for (const [name, chart] of Object.entries(reproductionCharts(report, cells, order))) {
    drawn[`${name}.svg`] = await renderSvg(chart);
  }
  return drawn;
}

/** The charts by name: methods in all of them, ablations beside `asp` in one of their own. */
export function reproductionCharts(
  report: Reproduction,
  cells: readonly ArmCell[],
  order: readonly string[],
): Record<string, Chart> {
  const isMethod = ({ arm, method }: ArmCell): boolean => arm === method;
  const arms = groupByArm(cells.filter(isMethod), order);
  const families = report.heldoutFamilies;
  const learning = Object.entries(learningCharts(arms));
  const chart = ({ arms: all }: Measured, title: string): Chart =>
    ratesChart(all.filter(({ name }) => arms.has(name)), title);
  const ablations = report.arms.filter(({ name }) => name === "asp" || !arms.has(name));
  const charts: (readonly [string, Chart | false])[] = [
    ["fix-rates", chart(report, "Fix rate on held-out skeletons")],
    ["fix-rates-families", families ? chart(families, "Fix rate on held-out families") : false],
    ["ablations", cells.every(isMethod) ? false : ratesChart(ablations, "Ablations of asp")],
    ...learning.map(([source, chart]) => [`learning-${fileName(source)}`, chart] as const),
    ["own-bugs", roundChart(arms, "ownPassRate", "Repairs of the generator's new bugs that pass")],
    [
      "similarity",
      roundChart(arms, "similarity", "Cosine of generated bugs to real ones, mapped to 0 to 1"),
    ],
    [
      "percentile",
      roundChart(arms, "percentile", "Nearness of generated bugs, as a percentile of real ones"),
    ],
  ];
  return Object.fromEntries(charts.flatMap(([name, chart]) => chart ? [[name, chart]] : []));
}

function fileName(source: string): string {
  return source.replaceAll(/[^\w-]+/g, "-");
}

function ratesChart(arms: readonly ArmRates[], title: string): Chart {
  const rows = arms.flatMap(({ name, sources, mean }) =>
    Object.entries({ ...sources, mean }).map(([source, { fixRate, low, high }]) => ({
      name: source,
      series: name,
      value: fixRate,
      low,
      high,
    }))
  );
  const text = { title, subtitle: "95 % intervals", x: "source of bugs", y: "fix rate" };
  return intervalChart(rows, text, { share: true });
}

/** A chart a source, and one of the mean: each arm's validation curve with the range of its seeds. */
function learningCharts(arms: ReadonlyMap<string, readonly ArmCell[]>): Record<string, Chart> {
  const curves = [...arms].flatMap(([arm, cells]) => cells.map(({ curve }) => ({ arm, curve })));
  const sources = new Set(curves.flatMap(({ curve }) => Object.keys(curve[0]?.sources ?? {})));
  return Object.fromEntries([...sources, "mean"].flatMap((source) => {
    const points = [...arms].flatMap(([arm, cells]) => {
      const series = cells.map(({ curve }) =>
        curve.map(({ tokens, sources, mean }) => ({
          x: tokens,
          y: source === "mean" ? mean : sources[source],
        }))
      );
      return binned(arm, series);
    });
    if (points.length === 0) return [];
    const title = source === "mean" ? "the mean over sources" : source;
    return [[
      source,
      panelChart(points, {
        title: `Fix rate on validation bugs: ${title}`,
        subtitle: "mean over the seeds; bands reach from the lowest seed to the highest",
        x: "thousand tokens",
        y: "fix rate",
      }, { share: true, zoomed: true }),
    ]];
  }));
}

/** What was watched in every round, a curve an arm; nothing where no arm has values. */
function roundChart(
  arms: ReadonlyMap<string, readonly ArmCell[]>,
  key: "ownPassRate" | "similarity" | "percentile",
  title: string,
): Chart | false {
  const points = [...arms].flatMap(([arm, cells]) =>
    binned(
      arm,
      cells.map(({ roundly }) =>
        roundly.tokens.map((x, i) => ({ x, y: roundly[key][i] ?? undefined }))
      ),
    )
  );
  const text = { title, subtitle: "mean over the seeds", x: "thousand tokens", y: "mean" };
  return points.length > 0 && curveChart(points, text, { share: key !== "similarity" });
}

/**
 * One curve out of the curves of several seeds: means and extremes over equal parts of the horizontal axis, each seed
 * counted once a part. The start has a part of its own.
 */
export function binned(
  series: string,
  curves: readonly (readonly { readonly x: number; readonly y: number | undefined }[])[],
): CurvePoint[] {
  const most = Math.max(0, ...curves.flat().map(({ x }) => x));
  const partOf = (x: number): number => x === 0 ? 0 : Math.ceil(x * POINTS / most);
  return Array.from({ length: POINTS + 1 }, (_, part) => {
    const seeds = curves.map((curve) =>
      curve.filter(({ x, y }) => y !== undefined && partOf(x) === part)
    ).filter((points) => points.length > 0);
    const values = seeds.map((points) => meanOf(points.map(({ y }) => y!)));
    return {
      series,
      x: meanOf(seeds.map((points) => meanOf(points.map(({ x }) => x)))) / THOUSAND,
      y: meanOf(values),
      low: Math.min(...values),
      high: Math.max(...values),
      n: values.length,
    };
  }).filter(({ n }) => n > 0).map(({ n: _, ...point }) => point);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
