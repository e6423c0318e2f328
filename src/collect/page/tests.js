/**
 * The tests of a task, and what they said of the last run.
 *
 * @module
 */
import { element } from "../../web/page/dom.js";

/** Shows the tests before any run. */
export function showTests(box, tests) {
  showResults(box, tests, []);
}

/** Shows what became of every test: beside the calls, or in front of the tests' text. */
export function showResults(box, tests, results) {
  box.classList.remove("outdated");
  if (tests.kind === "cases") {
    const rows = tests.cases.map(({ call, expected }, i) =>
      row([call, expected], results[i], `expected ${expected}, `)
    );
    box.replaceChildren(table(["Call", "Expected", "Now"], rows));
    return;
  }
  const rows = results.map((result) => row([result.name], result));
  const shown = rows.length > 0 ? [table(["Test", "Now"], rows)] : [];
  box.replaceChildren(...shown, element("pre", {}, tests.text));
}

/** Marks the results as those of an earlier program. */
export function outdate(box) {
  box.classList.add("outdated");
}

function table(head, rows) {
  const titles = head.map((title) => element("th", { scope: "col" }, title));
  const body = element("tbody", {}, ...rows);
  return element("table", {}, element("thead", {}, element("tr", {}, ...titles)), body);
}

/** A row; `known` is what a message need not repeat. */
function row(texts, result, known = "") {
  const cells = texts.map((text) => element("td", {}, element("code", {}, text)));
  return element("tr", {}, ...cells, element("td", {}, ...outcome(result, known)));
}

function outcome(result, known) {
  if (!result) return [element("span", { className: "soft" }, "not run")];
  if (result.ok) return [element("span", { className: "good" }, "✓ passes")];
  return [
    element("span", { className: "bad" }, "✗ fails "),
    element("code", {}, result.message.replace(known, "")),
  ];
}
