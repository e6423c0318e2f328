/**
 * Charts as Vega-Lite specifications: what is plotted, before anything is drawn.
 *
 * @module
 */
import type { TopLevelSpec } from "vega-lite";

/** A specification that `renderSvg` draws. */
export type Chart = TopLevelSpec;

/** What is written on a chart. */
export interface ChartText {
  readonly title: string;
  /** One line below the title. */
  readonly subtitle?: string;
  /** Title of the horizontal axis. */
  readonly x: string;
  /** Title of the vertical axis. */
  readonly y: string;
}

/** A point of a curve. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** The curve it belongs to. */
  readonly series: string;
  /** Lower end of its interval. */
  readonly low?: number;
  /** Upper end of its interval. */
  readonly high?: number;
}

/** How values are scaled and written. */
export interface ValueAxis {
  /** Whether values are shares, shown from 0 to 100 %. */
  readonly share?: boolean;
  /** Whether only the range of the values is shown, where small changes matter. */
  readonly zoomed?: boolean;
}

/** A value with its interval, in a group. */
export interface IntervalRow {
  /** Place on the horizontal axis. */
  readonly name: string;
  /** Told apart by colour within a place. */
  readonly series: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A count or share of one part at one place. */
export interface Part {
  /** Place on the horizontal axis; numbers are ordered as numbers. */
  readonly x: string | number;
  /** Told apart by colour. */
  readonly part: string;
  readonly amount: number;
}

/** A cell of a matrix. */
export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly value: number;
}

const PANEL = { width: 190, height: 130 };
const WHOLE = { width: 520, height: 260 };
const PANELS_A_ROW = 3;

/** Curves in one frame, told apart by colour and dashes. */
export function curveChart(
  points: readonly CurvePoint[],
  text: ChartText,
  axis: ValueAxis = {},
): Chart {
  return {
    ...frame(points, text),
    ...WHOLE,
    mark: { type: "line", point: points.length < 200 },
    encoding: {
      x: { field: "x", type: "quantitative", title: text.x },
      y: { field: "y", type: "quantitative", title: text.y, ...scaleOf(axis) },
      ...seriesColour("series"),
      strokeDash: { field: "series", type: "nominal", title: null, sort: null },
    },
  };
}

/** Each curve with its interval band in a panel of its own, all on the same scales. */
export function panelChart(
  points: readonly CurvePoint[],
  text: ChartText,
  axis: ValueAxis = {},
): Chart {
  const x = { field: "x", type: "quantitative", title: text.x } as const;
  const y = { type: "quantitative", title: text.y, ...scaleOf(axis) } as const;
  return {
    ...frame(points, text),
    facet: { field: "series", type: "nominal", title: null, sort: null },
    columns: PANELS_A_ROW,
    spec: {
      ...PANEL,
      layer: [
        {
          mark: { type: "area", opacity: 0.2 },
          encoding: { x, y: { field: "low", ...y }, y2: { field: "high" } },
        },
        { mark: { type: "line", point: true }, encoding: { x, y: { field: "y", ...y } } },
      ],
    },
  };
}

/** Points with interval bars, grouped by place. */
export function intervalChart(
  rows: readonly IntervalRow[],
  text: ChartText,
  axis: ValueAxis = {},
): Chart {
  const place = {
    x: { field: "name", type: "nominal", title: text.x, sort: null, axis: { labelAngle: 0 } },
    xOffset: { field: "series", type: "nominal", sort: null },
    ...seriesColour("series"),
  } as const;
  const y = { type: "quantitative", title: text.y, ...scaleOf(axis) } as const;
  return {
    ...frame(rows, text),
    ...WHOLE,
    layer: [
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { ...place, y: { field: "low", ...y }, y2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, size: 70, opacity: 1 },
        encoding: { ...place, y: { field: "value", ...y } },
      },
    ],
  };
}

/** Parts stacked to the whole at every place, as shares. */
export function stackChart(parts: readonly Part[], text: ChartText): Chart {
  return {
    ...frame(parts, text),
    ...WHOLE,
    mark: "bar",
    encoding: {
      x: { ...placeOf(text), axis: { labelAngle: 0, labelOverlap: true } },
      y: {
        field: "amount",
        type: "quantitative",
        title: text.y,
        stack: "normalize",
        axis: { format: "%" },
      },
      color: { field: "part", type: "ordinal", title: null, scale: { scheme: "viridis" } },
      order: { field: "part", type: "ordinal" },
    },
  };
}

/** Bars side by side at every place. */
export function barChart(parts: readonly Part[], text: ChartText, axis: ValueAxis = {}): Chart {
  return {
    ...frame(parts, text),
    ...WHOLE,
    mark: "bar",
    encoding: {
      x: { ...placeOf(text), axis: { labelAngle: 0 } },
      y: { field: "amount", type: "quantitative", title: text.y, ...scaleOf(axis) },
      xOffset: { field: "part", type: "nominal", sort: null },
      ...seriesColour("part"),
    },
  };
}

/** A matrix of shares, each cell coloured and labelled. */
export function heatChart(cells: readonly Cell[], text: ChartText): Chart {
  const place = {
    x: { field: "column", type: "nominal", title: text.x, sort: null, axis: { labelAngle: 0 } },
    y: { field: "row", type: "nominal", title: text.y, sort: null },
  } as const;
  return {
    ...frame(cells, text),
    width: { step: 100 },
    height: { step: 36 },
    encoding: place,
    layer: [
      {
        mark: "rect",
        encoding: {
          color: {
            field: "value",
            type: "quantitative",
            title: null,
            scale: { domain: [0, 1], scheme: "blues" },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text" },
        encoding: {
          text: { field: "value", type: "quantitative", format: ".0%" },
          color: { condition: { test: "datum.value > 0.6", value: "white" }, value: "black" },
        },
      },
    ],
  };
}

/** What all charts have in common. */
function frame(values: readonly object[], { title, subtitle }: ChartText) {
  return {
    background: "white",
    padding: 8,
    title: { text: title, ...(subtitle && { subtitle }), anchor: "start" },
    data: { values: values.map((value) => ({ ...value })) },
    config: {
      font: "sans-serif",
      view: { stroke: null },
      legend: { orient: "bottom", labelLimit: 300 },
    },
  } as const;
}

function scaleOf({ share, zoomed }: ValueAxis) {
  return {
    scale: share && !zoomed ? { domain: [0, 1] } : { zero: false },
    axis: { format: share ? "%" : "" },
  };
}

function seriesColour(field: string) {
  return { color: { field, type: "nominal", title: null, sort: null } } as const;
}

function placeOf({ x }: ChartText) {
  return { field: "x", type: "ordinal", title: x, sort: null } as const;
}
