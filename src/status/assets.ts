/**
 * The page's files, part of the program: nothing is fetched from elsewhere.
 *
 * @module
 */
import uplotScript from "uplot/dist/uPlot.esm.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import { type Page, script, stylesheet } from "../web/mod.ts";
import index from "./page/index.html" with { type: "text" };
import charts from "./page/charts.js" with { type: "text" };
import page from "./page/page.js" with { type: "text" };
import result from "./page/result.js" with { type: "text" };
import rollouts from "./page/rollouts.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };

/** The page and what it loads. */
export const statusPage: Page = {
  index,
  assets: [
    ["status/page/charts.js", script(charts)],
    ["status/page/page.js", script(page)],
    ["status/page/result.js", script(result)],
    ["status/page/rollouts.js", script(rollouts)],
    ["status/page/uplot.js", script(uplotScript)],
    ["status/page/style.css", stylesheet(style)],
    ["status/page/uplot.css", stylesheet(uplotStyle)],
  ],
};
