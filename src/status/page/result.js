/**
 * What a finished run came to: fix rate by source, before and after.
 *
 * @module
 */
import { element } from "../../web/page/dom.js";

/** Fills a section from a report, or hides it where there is nothing to compare. */
export function showResult(section, report) {
  const { before, after } = report ?? {};
  const sources = Object.keys(before ?? {})
    .filter((source) => Number.isFinite(rateOf(before[source]) - rateOf(after?.[source])));
  section.hidden = sources.length === 0;
  if (section.hidden) return;
  const head = ["source", "before", "after", "change"];
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head.map((name) => cell("th", name, "col")))),
    element("tbody", {}, ...sources.map((source) => row(source, before[source], after[source]))),
  );
  section.querySelector("div").replaceChildren(table);
}

function row(source, before, after) {
  const change = (rateOf(after) - rateOf(before)) * 100;
  const text = `${change >= 0 ? "+" : "−"}${Math.abs(change).toFixed(1)}`;
  const node = element("td", { className: change >= 0 ? "good" : "bad" }, text);
  const head = cell("th", source, "row");
  return element("tr", {}, head, cell("td", rateText(before)), cell("td", rateText(after)), node);
}

function cell(tag, text, scope) {
  return element(tag, scope ? { scope } : {}, text);
}

/** A rate is a number, or an estimate with its interval. */
function rateOf(value) {
  return typeof value === "number" ? value : Number(value?.fixRate ?? NaN);
}

function rateText(value) {
  const percent = (rate) => (rate * 100).toFixed(1);
  const interval = typeof value?.low === "number"
    ? ` (${percent(value.low)}–${percent(value.high)})`
    : "";
  return `${percent(rateOf(value))} %${interval}`;
}
