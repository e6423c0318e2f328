/**
 * The plots of a training run.
 *
 * @module
 */
import {
  type Chart,
  type ChartText,
  curveChart,
  type CurvePoint,
  intervalChart,
  panelChart,
  stackChart,
} from "./charts.ts";
import { renderSvg } from "./charts_svg.ts";
import { compareEvaluations } from "./compare.ts";
import type { EvaluationPoint, MetricsLine, TrainRecord } from "./report.ts";

/** What the plots of a run show. */
export type PlottedRun = Pick<
  TrainRecord,
  "method" | "seed" | "before" | "after" | "metrics" | "validations"
>;

/** A plot of metrics over the steps. */
interface MetricsPlot {
  readonly text: ChartText;
  /** Whether all its values are shares. */
  readonly share?: boolean;
  /** Metrics by name, with what their curves are called. */
  readonly curves: Readonly<Record<string, string>>;
}

const METRICS_PLOTS: Readonly<Record<string, MetricsPlot>> = {
  "rewards": {
    text: { title: "Reward", subtitle: "mean of a step", x: "step", y: "reward" },
    curves: {
      "generator.reward.mean": "generator",
      "fixer.ownBugs.reward.mean": "fixer, own bugs",
      "fixer.references.reward.mean": "fixer, real bugs",
    },
  },
  "valid-rate": {
    text: { title: "Valid bugs", x: "step", y: "share" },
    share: true,
    curves: {
      "generator.validRate": "valid bugs among attempts",
      "zeroVarianceShare": "groups that all or none repair",
    },
  },
  "similarity": {
    text: { title: "Similarity of generated bugs to real ones", x: "step", y: "similarity" },
    share: true,
    curves: {
      "similarity.mean": "cosine, mapped to 0 to 1",
      "similarity.percentile.mean": "percentile among real bugs",
    },
  },
};

/**
 * Draws a run: fix rates before and after, learning curves, rewards, validity, pass rates, similarity.
 *
 * @returns SVG texts by file name; a plot without data is left out.
 */
export async function plots(run: PlottedRun): Promise<Record<string, string>> {
  const drawn: Record<string, string> = {};
  for (const [name, chart] of Object.entries(runCharts(run))) {
    drawn[`${name}.svg`] = await renderSvg(chart);
  }
  return drawn;
}

/** The charts of a run by name; a chart without data is left out. */
export function runCharts(run: PlottedRun): Record<string, Chart> {
  const { metrics, validations } = run;
  const curves = Object.entries(METRICS_PLOTS).map(([name, { text, share = false, curves }]) => {
    const points = metricPoints(metrics, curves);
    return [name, points.length > 0 && curveChart(points, text, { share })] as const;
  });
  const charts: (readonly [string, Chart | false])[] = [
    ["before-after", run.before.length > 0 && beforeAfterChart(run)],
    ["learning-curves", validations.length > 0 && learningChart(validations)],
    ...curves,
    ["pass-rates", metrics.some(hasPassRates) && passRateChart(metrics)],
  ];
  return Object.fromEntries(charts.flatMap(([name, chart]) => chart ? [[name, chart]] : []));
}

function beforeAfterChart({ method, seed, before, after }: PlottedRun): Chart {
  const { sources, mean } = compareEvaluations(before, after, seed);
  const rows = Object.entries({ ...sources, mean }).flatMap(([name, rates]) =>
    (["before", "after"] as const).map((series) => {
      const { fixRate, low, high } = rates[series];
      return { name, series, value: fixRate, low, high };
    })
  );
  return intervalChart(rows, {
    title: `Fix rate before and after ${method}`,
    subtitle: "held-out skeletons, 95 % intervals",
    x: "source of bugs",
    y: "fix rate",
  }, { share: true });
}

function learningChart(validations: readonly EvaluationPoint[]): Chart {
  const points = validations.flatMap(({ step, summary: { sources, mean } }) =>
    Object.entries({ ...sources, mean }).map(([series, { fixRate, low, high }]): CurvePoint => ({
      x: step,
      y: fixRate,
      low,
      high,
      series,
    }))
  );
  return panelChart(points, {
    title: "Fix rate on validation bugs",
    subtitle: "bands are 95 % intervals",
    x: "step",
    y: "fix rate",
  }, { share: true });
}

/** Shares of the bugs of a step by how many of their repairs pass. */
function passRateChart(metrics: readonly MetricsLine[]): Chart {
  const parts = metrics.filter(hasPassRates).flatMap((line) =>
    Object.entries(line["rho.histogram"] as Record<string, number>)
      .map(([part, amount]) => ({ x: Number(line["step"]), part, amount }))
  );
  return stackChart(parts, {
    title: "How many repairs of a generated bug pass",
    subtitle: "0.00: none, 1.00: all",
    x: "step",
    y: "share of bugs",
  });
}

function hasPassRates(line: MetricsLine): boolean {
  const histogram = line["rho.histogram"];
  return typeof histogram === "object" && histogram !== null && Object.keys(histogram).length > 0;
}

function metricPoints(
  metrics: readonly MetricsLine[],
  curves: MetricsPlot["curves"],
): CurvePoint[] {
  return Object.entries(curves).flatMap(([key, series]) =>
    metrics.flatMap((line) => {
      const y = line[key];
      return typeof y === "number" ? [{ x: Number(line["step"]), y, series }] : [];
    })
  );
}
