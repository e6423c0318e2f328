/**
 * The page's files, part of the program: nothing is fetched from elsewhere.
 *
 * @module
 */
import uplotScript from "uplot/dist/uPlot.esm.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import index from "./page/index.html" with { type: "text" };
import charts from "./page/charts.js" with { type: "text" };
import page from "./page/page.js" with { type: "text" };
import result from "./page/result.js" with { type: "text" };
import rollouts from "./page/rollouts.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };

/** A file that the page loads. */
export interface Asset {
  /** Its content type. */
  readonly type: string;
  /** Its text. */
  readonly text: string;
}

const script = (text: string): Asset => ({ type: "text/javascript; charset=utf-8", text });
const stylesheet = (text: string): Asset => ({ type: "text/css; charset=utf-8", text });

/** The page itself. */
export const indexPage: string = index;

/** Files by the name they are asked for under `/assets/`. */
export const assets: ReadonlyMap<string, Asset> = new Map([
  ["charts.js", script(charts)],
  ["page.js", script(page)],
  ["result.js", script(result)],
  ["rollouts.js", script(rollouts)],
  ["uplot.js", script(uplotScript)],
  ["style.css", stylesheet(style)],
  ["uplot.css", stylesheet(uplotStyle)],
]);
