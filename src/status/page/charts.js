/**
 * Curves of a run's metrics: a figure a group, each with its numbers as a table.
 *
 * @module
 */
import { element } from "../../web/page/dom.js";

const GROUPS = [
  { title: "Fix rate on real bugs", note: "greedy, one attempt", keys: /^eval\./, share: true },
  { title: "Reward", note: "mean of a step", keys: /^(generator|fixer)\.(\w+\.)?reward\.mean$/ },
  {
    title: "Shares",
    note: "valid bugs, groups without variance, clipped and truncated tokens",
    keys: /^(generator\.validRate|zeroVarianceShare|(fixer\.)?clipFraction|truncatedShare)$/,
    share: true,
  },
  { title: "Entropy and KL", keys: /(^|\.)(entropy|kl)$/i },
  { title: "Entropy of kinds of edits", note: "bits", keys: /^operatorEntropy$/ },
  { title: "Similarity of bugs to real ones", keys: /^similarity\./ },
  { title: "Loss", keys: /loss$/i },
  { title: "Why bugs were invalid", note: "count", keys: /^generator\.invalid\./ },
  { title: "Spread of rewards", note: "standard deviation", keys: /\.reward\.std$/ },
  { title: "Largest probability ratio", keys: /ratio\.max$/ },
  { title: "Gradient norm", keys: /gradNorm$/ },
  { title: "Length of completions", note: "tokens", keys: /length\.mean$/ },
  { title: "Size of edits", note: "changed lines", keys: /editSize\.mean$/ },
  { title: "Tokens per second", keys: /^tokensPerSecond$/ },
  { title: "Seconds by phase", keys: /^seconds\./ },
];
const HISTOGRAMS = {
  "rho.histogram": { title: "How often bugs were repaired", note: "newest step, share of repairs" },
  "operators": { title: "Kinds of edits", note: "newest step" },
};
const MAX_BARS = 10;

// Colours are the style sheet's; dashes tell series apart without colour vision.
const COLOURS = 7;
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [12, 6]];
const HEIGHT = 210;
const TABLE_ROWS = 100;

/** Draws figures and keeps them up to date: the known groups, and every other number under "more". */
export class Charts {
  #boxes;
  #uPlot;
  #figures = new Map();

  /** Takes the boxes to draw into, `{main, more}`, and the plotting library's class. */
  constructor(boxes, uPlot) {
    this.#boxes = boxes;
    this.#uPlot = uPlot;
  }

  /** Forgets a run. */
  clear() {
    for (const figure of this.#figures.values()) figure.remove();
    this.#figures.clear();
  }

  /** Shows all of a run's metrics lines. */
  update(lines) {
    const keys = numericKeys(lines);
    const groups = GROUPS.map((group) => ({
      ...group,
      keys: keys.filter((k) => group.keys.test(k)),
    }))
      .filter((group) => group.keys.length > 0);
    const grouped = new Set(groups.flatMap((group) => group.keys));
    const others = keys.filter((key) => !grouped.has(key)).map((key) => ({
      title: key,
      keys: [key],
    }));
    const main = [...groups.slice(0, 2), ...histogramsOf(lines), ...groups.slice(2)];
    this.#show(main, this.#boxes.main, lines);
    this.#show(others, this.#boxes.more, lines);
  }

  #show(groups, box, lines) {
    for (const group of groups) {
      const key = JSON.stringify([group.title, group.keys]);
      let figure = this.#figures.get(key);
      if (!figure) {
        figure = group.histogram ? new HistogramFigure(group) : new CurveFigure(group);
        box.append(figure.element);
        figure.attach?.(this.#uPlot);
        this.#figures.set(key, figure);
      }
      figure.update(lines);
    }
  }
}

function numericKeys(lines) {
  const keys = new Set(lines.flatMap((line) => Object.keys(line)));
  keys.delete("step");
  return [...keys].filter((key) => lines.some((line) => typeof line[key] === "number"));
}

/** Counts by name or by place in the newest line. */
function histogramsOf(lines) {
  const last = lines.at(-1) ?? {};
  return Object.keys(HISTOGRAMS).filter((key) =>
    typeof last[key] === "object" && last[key] !== null
  )
    .map((key) => ({ ...HISTOGRAMS[key], keys: [key], histogram: true }));
}

function caption({ title, note }) {
  return element("figcaption", {}, title, ...(note ? [element("small", {}, note)] : []));
}

/** Lines over steps. */
class CurveFigure {
  constructor(group) {
    this.group = group;
    this.names = group.keys.map(shortName(group.keys));
    this.plotBox = element("div", { role: "img" });
    this.table = element("div", { className: "scroll", tabIndex: 0 });
    this.details = element("details", {}, element("summary", {}, "Numbers"), this.table);
    this.details.addEventListener("toggle", () => this.#fillTable());
    this.element = element("figure", {}, caption(group), this.plotBox, this.details);
  }

  /** Makes the plot; the figure must be on the page. */
  attach(uPlot) {
    const percent = (value) => value === null ? "–" : `${(value * 100).toFixed(1)} %`;
    const plain = (value) => value === null ? "–" : shortNumber(value);
    const value = (_plot, raw) => (this.group.share ? percent : plain)(raw ?? null);
    const series = this.names.map((label, i) => ({
      label,
      stroke: () => colour(isMean(label, this.names) ? "--text" : `--series-${i % COLOURS}`),
      dash: isMean(label, this.names) ? [] : DASHES[i % DASHES.length],
      width: isMean(label, this.names) ? 2.5 : 1.75,
      spanGaps: true,
      points: { show: (_plot, _i, from, to) => to - from < 40, size: 5 },
      value,
    }));
    const axis = {
      stroke: () => colour("--soft"),
      grid: { stroke: () => colour("--line"), width: 1 },
    };
    const ticks = this.group.share
      ? { values: (_plot, at) => at.map((tick) => `${Math.round(tick * 100)} %`) }
      : { values: (_plot, at) => at.map(shortNumber) };
    this.plot = new uPlot(
      {
        width: this.plotBox.clientWidth || 400,
        height: HEIGHT,
        scales: { x: { time: false }, y: this.group.share ? { range: shareRange } : {} },
        series: [{ label: "step", value: (_plot, step) => step ?? "–" }, ...series],
        axes: [{ ...axis, incrs: WHOLE_STEPS }, { ...axis, ...ticks, size: 58 }],
        cursor: { points: { size: 7 } },
        hooks: { setCursor: [showNewest] },
      },
      [[], ...this.names.map(() => [])],
      this.plotBox,
    );
    this.observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width > 0) this.plot.setSize({ width, height: HEIGHT }); // 0 while it is folded away
    });
    this.observer.observe(this.plotBox);
  }

  update(lines) {
    const { keys } = this.group;
    this.lines = lines.filter((line) => keys.some((key) => typeof line[key] === "number"));
    const column = (key) => this.lines.map((line) => line[key] ?? null);
    this.plot.setData([column("step"), ...keys.map(column)]);
    showNewest(this.plot);
    const newest = keys.map((key, i) => {
      const value = this.lines.findLast((line) => typeof line[key] === "number")?.[key];
      return `${this.names[i]} ${shortNumber(value)}`;
    });
    const label = `${this.group.title} over steps; newest: ${newest.join(", ")}`;
    this.plotBox.setAttribute("aria-label", label);
    this.table.setAttribute("aria-label", `${this.group.title}, numbers`);
    this.#fillTable();
  }

  remove() {
    this.observer.disconnect();
    this.plot.destroy();
    this.element.remove();
  }

  #fillTable() {
    if (!this.details.open) return;
    const head = ["step", ...this.names].map((name) => element("th", { scope: "col" }, name));
    const rows = this.lines.slice(-TABLE_ROWS).reverse().map((line) =>
      element(
        "tr",
        {},
        ...["step", ...this.group.keys].map((key) => element("td", {}, shortNumber(line[key]))),
      )
    );
    const table = element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows),
    );
    this.table.replaceChildren(table);
  }
}

/** Bars of one step's counts. */
class HistogramFigure {
  constructor(group) {
    this.group = group;
    this.bars = element("div", { className: "bars" });
    this.element = element("figure", {}, caption(group), this.bars);
  }

  update(lines) {
    const counts = barsOf(lines.at(-1)?.[this.group.keys[0]] ?? []);
    const total = counts.reduce((sum, [, count]) => sum + count, 0) || 1;
    this.bars.replaceChildren(
      ...counts.slice(0, MAX_BARS).flatMap(([name, count]) => {
        const share = count / total;
        const meter = element("meter", { max: 1, value: share, ariaLabel: name });
        return [
          element("span", {}, name),
          meter,
          element("span", {}, `${Math.round(share * 100)} %`),
        ];
      }),
    );
  }

  remove() {
    this.element.remove();
  }
}

/** Names and counts: shares by size, other names by count. */
function barsOf(counts) {
  const bars = Object.entries(counts).map(([name, count]) => [name, Number(count)]);
  const numeric = bars.every(([name]) => !Number.isNaN(Number(name)));
  if (!numeric) return bars.sort((a, b) => b[1] - a[1]);
  return bars.sort((a, b) => a[0] - b[0]).map((
    [name, count],
  ) => [Array.isArray(counts) ? name : `${Math.round(Number(name) * 100)} %`, count]);
}

/** Names without the words that all of them share. */
function shortName(keys) {
  const words = keys.map((key) => key.split("."));
  const shared = (i) => keys.length > 1 && words.every((word) => word[i] === words[0][i]);
  return (key) => key.split(".").filter((_word, i) => !shared(i)).join(" ") || key;
}

/** Few digits, as many as tell something. */
export function shortNumber(value) {
  if (typeof value !== "number") return "–";
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 100
    ? value.toFixed(0)
    : size >= 0.01
    ? value.toPrecision(3)
    : value.toExponential(1);
}

/** Without a pointer on the plot, the legend shows the newest values. */
function showNewest(plot) {
  const last = plot.data[0].length - 1;
  if (!(plot.cursor.left >= 0) && last >= 0) plot.setLegend({ idx: last }, false);
}

function isMean(name, names) {
  return name === "mean" && names.length > 2;
}

const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6];

function shareRange(_plot, _low, high) {
  return [0, Math.min(1, Math.max(0.1, (high ?? 1) * 1.15))];
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}
