/**
 * Draws charts. The plotting library is loaded by the first chart, so that nothing else waits for it.
 *
 * @module
 */
import type { Chart } from "./charts.ts";

/** Draws a chart as a stand-alone SVG; the same chart gives the same text. */
export async function renderSvg(chart: Chart): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new vega.View(vega.parse(compile(chart).spec), {
    renderer: "none",
    logLevel: vega.Warn,
  });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
