/**
 * The page: chooses a run, asks for what is new every few seconds, shows it.
 *
 * @module
 */
import { askJson, byId, element, say } from "../../web/page/dom.js";
import { Charts, shortNumber } from "./charts.js";
import { showResult } from "./result.js";
import { showRollouts } from "./rollouts.js";

const POLL_MS = 2000;
const TILES = [
  ["Fix rate, mean", "eval.mean", percent],
  ["Valid bugs", "generator.validRate", percent],
  ["Generator's reward", "generator.reward.mean", shortNumber],
  ["Fixer's reward", "fixer.reward.mean", shortNumber],
  ["Loss", "loss", shortNumber],
  ["Tokens per second", "tokensPerSecond", (value) => shortNumber(Math.round(value))],
];

// The server puts the library beside this file; here it is not.
const { default: uPlot } = await import(new URL("uplot.js", import.meta.url).href);

const charts = new Charts({ main: byId("charts"), more: byId("more") }, uPlot);
let shown = { id: undefined, finished: false, lines: new Map() };
let paused = false;

/** Asks for everything once. */
async function refresh() {
  const runs = await askJson("/runs");
  byId("empty").hidden = runs.length > 0;
  listRuns(runs);
  const id = byId("run").value;
  if (!id) return;
  const { finished } = runs.find((run) => run.id === id);
  if (id !== shown.id || finished !== shown.finished) await openRun(id, finished);
  await addMetrics(id);
  const rollouts = await askJson(`/runs/${encodeURIComponent(id)}/rollouts?last=20`);
  if (id !== byId("run").value) return; // another one was chosen while this one was asked for
  showRollouts(byId("rollouts"), rollouts);
  const lines = [...shown.lines.values()];
  charts.update(lines);
  showTiles(lines);
  showState(runs.find((run) => run.id === id));
}

/** Keeps the list of runs; the address names the chosen one. */
function listRuns(runs) {
  const select = byId("run");
  const ids = runs.map((run) => run.id);
  if ([...select.options].map((option) => option.value).join() === ids.join()) return;
  const wanted = new URLSearchParams(location.search).get("run");
  const chosen = ids.includes(select.value) && shown.id ? select.value : wanted;
  select.replaceChildren(...ids.map((id) => element("option", { value: id }, id)));
  if (ids.includes(chosen)) select.value = chosen;
}

async function openRun(id, finished) {
  shown = { id, finished, lines: new Map() };
  charts.clear();
  document.title = `${id} · Kedge`;
  history.replaceState(null, "", `?run=${encodeURIComponent(id)}`);
  const { record, report } = await askJson(`/runs/${encodeURIComponent(id)}`);
  showResult(byId("result"), report);
  byId("config").textContent = JSON.stringify(record, null, 2);
}

/** Asks for the lines after the newest known one until there are no more. */
async function addMetrics(id) {
  for (;;) {
    const after = Math.max(-1, ...shown.lines.keys());
    const lines = await askJson(`/runs/${encodeURIComponent(id)}/metrics?after=${after}`);
    for (const line of lines) shown.lines.set(line.step, line);
    if (lines.length === 0) return;
  }
}

function showTiles(lines) {
  const tiles = TILES.flatMap(([name, key, format]) => {
    const values = lines.filter((line) => typeof line[key] === "number").map((line) => line[key]);
    if (values.length === 0) return [];
    const first = values.length > 1 ? element("small", {}, `from ${format(values[0])}`) : "";
    return element(
      "div",
      {},
      element("dt", {}, name),
      element("dd", {}, format(values.at(-1)), first),
    );
  });
  byId("tiles").replaceChildren(...tiles);
}

function showState(run) {
  if (!run) return;
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(run.updatedAt)) / 1000));
  const step = run.step === null ? "no step yet" : `step ${run.step}`;
  const activity = run.finished ? "finished" : `last change ${ago(seconds)}`;
  setState(`${run.command} · ${step} · ${activity}`);
}

function setState(text) {
  say(byId("state"), text);
}

function ago(seconds) {
  if (seconds < 60) return "less than a minute ago";
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}

function percent(value) {
  return `${(value * 100).toFixed(1)} %`;
}

async function poll() {
  if (!paused) await refresh().catch((error) => setState(`no answer: ${error.message}`));
  setTimeout(poll, POLL_MS);
}

byId("run").addEventListener("change", () => refresh().catch(() => {}));
byId("pause").addEventListener("click", ({ currentTarget }) => {
  paused = !paused;
  currentTarget.setAttribute("aria-pressed", String(paused));
  currentTarget.textContent = paused ? "Resume updates" : "Pause updates";
});
poll();
