import assert from "node:assert/strict";
import {
  type ArmCell,
  ArmCell as ArmCellSchema,
  binned,
  cellText,
  digitsOf,
  drawResamples,
  estimates,
  packResults,
  ratesOf,
  reproductionCharts,
  reproductionMarkdown,
  reproductionReport,
  type SeedResults,
  settingNotes,
} from "../../src/bench/mod.ts";
import { rngStream } from "../../src/base/mod.ts";
import { itemResults } from "../support/item_results.ts";

const ORDER = ["base", "self-play", "asp"];

/** A cell whose test bugs were fixed as the digits say. */
function cell(arm: string, seed: number, after: Record<string, string>): ArmCell {
  const before = itemResults({ human: "0000", "lm:weak": "1000" });
  const fixed = itemResults(after);
  const sampled = fixed.map((item) => ({ ...item, attempts: 10, passed: item.passed * 5 }));
  return {
    kind: "cell",
    arm,
    method: arm,
    seed,
    command: "deno task reproduce",
    experiment: { method: arm, seed, steps: 2 },
    configHash: `${arm}${seed}`,
    inputs: { bench: "b" },
    adapter: "adapter",
    gitCommit: "c",
    deno: "2",
    seconds: 60,
    rounds: 2,
    kept: 2,
    tokens: { sampled: 100, trained: 50 },
    samples: 10,
    test: packResults({ before, after: fixed, sampled }),
    curve: [0, 150].map((tokens) => ({
      round: tokens / 75,
      tokens,
      sources: { human: tokens / 300, "lm:weak": 0.25 },
      mean: 0.25 + tokens / 600,
    })),
    roundly: {
      tokens: [75, 150],
      ownPassRate: [0.25, 0.5],
      referencePassRate: [null, null],
      similarity: [0.5, 0.75],
      percentile: [0.5, 0.5],
      validRate: [1, 0.5],
    },
  };
}

const CELLS = [
  cell("asp", 1, { human: "1110", "lm:weak": "1111" }),
  cell("asp", 2, { human: "1110", "lm:weak": "1110" }),
  cell("self-play", 1, { human: "1000", "lm:weak": "1111" }),
  cell("self-play", 2, { human: "1100", "lm:weak": "1111" }),
  cell("self-play", 3, { human: "0000", "lm:weak": "1111" }),
];

Deno.test("packResults() keeps a digit a bug by source, and tasks once", () => {
  const packed = packResults({
    before: itemResults({ "lm:weak": "01", human: "10" }),
    after: itemResults({ "lm:weak": "11", human: "10" }),
  });
  assert.deepEqual(packed, {
    tasks: ["task-0", "task-1"],
    sources: {
      human: { tasks: [0, 1], before: "10", after: "10" },
      "lm:weak": { tasks: [0, 1], before: "01", after: "11" },
    },
  });
  assert.deepEqual(digitsOf("0a9"), [0, 10, 9]);
});

Deno.test("a cell's file reads back as the cell", () => {
  const first = CELLS[0]!;
  assert.deepEqual(ArmCellSchema.parse(JSON.parse(cellText(first))), first);
});

Deno.test("reproductionReport() computes rates, differences and gains by hand", () => {
  const report = reproductionReport(CELLS, { command: "c", order: ORDER });
  assert.deepEqual(report.arms.map(({ name, seeds }) => [name, seeds]), [
    ["self-play", [1, 2, 3]],
    ["asp", [1, 2]],
  ]);
  const asp = report.arms[1]!;
  assert.equal(asp.sources["human"]!.fixRate, 6 / 8);
  assert.equal(asp.sources["lm:weak"]!.fixRate, 7 / 8);
  assert.equal(asp.mean.fixRate, 13 / 16);
  assert.ok(asp.mean.low < 13 / 16 && asp.mean.high > 13 / 16);
  const [comparison] = report.comparisons;
  assert.deepEqual([comparison!.a, comparison!.b, comparison!.seeds], ["asp", "self-play", [1, 2]]);
  // On seeds 1 and 2 self-play fixes 3 of 8 and 8 of 8: a mean of 11/16.
  assert.ok(Math.abs(comparison!.diff - 2 / 16) < 1e-12);
  assert.ok(Math.abs(comparison!.relative!.gain - 2 / 11) < 1e-12);
  assert.ok(Math.abs(comparison!.sources["lm:weak"]!.diff + 1 / 8) < 1e-12);
  // Half of ten repairs pass where one did greedily: pass@1 is half the rate, pass@10 all of it.
  assert.ok(Math.abs(asp.passAtK!["1"]!.fixRate - 13 / 32) < 1e-12);
  assert.ok(Math.abs(asp.passAtK!["10"]!.fixRate - 13 / 16) < 1e-12);
  assert.equal(report.wallSeconds, 300);
});

Deno.test("reproductionReport() estimates pass@k on the seeds with sampled repairs, and says how many", () => {
  const greedy = { ...cell("asp", 3, { human: "0000", "lm:weak": "0000" }), samples: 0 };
  const report = reproductionReport([...CELLS, greedy], { command: "c", order: ORDER });
  const asp = report.arms[1]!;
  assert.ok(Math.abs(asp.mean.fixRate - 13 / 24) < 1e-12);
  assert.ok(Math.abs(asp.passAtK!["1"]!.fixRate - 13 / 32) < 1e-12);
  assert.equal(asp.passSeeds, 2);
  const none = reproductionReport([greedy], { command: "c", order: ORDER });
  assert.equal(none.arms[0]!.passAtK, undefined);
});

Deno.test("reproductionReport() refuses cells of different inputs", () => {
  const other = { ...CELLS[0]!, seed: 9, inputs: { bench: "other" } };
  assert.throws(
    () => reproductionReport([...CELLS, other], { command: "c", order: ORDER }),
    /asp-1 and asp-9 were made from other inputs/,
  );
  assert.throws(() => reproductionReport([], { command: "c", order: ORDER }), /no cells/);
});

/** Results of one source; a row a seed, a column a task. */
const results = (passed: number[][]): SeedResults => ({
  seeds: passed.map((_, s) => s),
  tasks: passed[0]!.map((_, t) => `t${t}`),
  sources: { human: { tasks: passed[0]!.map((_, t) => t), passed } },
});

Deno.test("the bootstrap holds the spread of tasks and the spread of seeds", () => {
  const width = (passed: number[][]): number => {
    const { mean: { low, high } } = estimates(results(passed));
    return high - low;
  };
  const half = (n: number): number[] => Array.from({ length: n }, (_, i) => i % 2);
  const ones = (n: number): number[] => Array.from({ length: n }, () => 1);
  const zeros = (n: number): number[] => Array.from({ length: n }, () => 0);
  assert.equal(width([ones(50), ones(50)]), 0);
  // 100 tasks, half of them fixed by every seed: standard error sqrt(0.25 / 100), so a width of 4 * 0.98 * 0.05.
  const ofTasks = width([half(100), half(100)]);
  assert.ok(Math.abs(ofTasks - 2 * 1.96 * 0.05) < 0.02, `${ofTasks}`);
  // Two of four seeds fix everything: only seeds differ. Their mean has a standard error of sqrt(0.25 / 4).
  const ofSeeds = width([ones(40), zeros(40), ones(40), zeros(40)]);
  assert.ok(ofSeeds >= 0.75, `${ofSeeds}`);
});

Deno.test("ratesOf() weights tasks and seeds as they are drawn", () => {
  const draw = { tasks: Uint32Array.of(2, 0), seeds: Uint32Array.of(0, 3) };
  assert.equal(ratesOf(results([[0, 1], [1, 0]]), draw).get("mean"), 1);
  assert.equal(ratesOf(results([[0, 1], [1, 0]])).get("mean"), 0.5);
  for (const { tasks, seeds } of drawResamples(3, 2, rngStream(4)).slice(0, 20)) {
    assert.equal(tasks.reduce((sum, n) => sum + n, 0), 3);
    assert.equal(seeds.reduce((sum, n) => sum + n, 0), 2);
  }
});

Deno.test("binned() makes one curve of the seeds' curves, each seed counted once", () => {
  const first = [{ x: 0, y: 0 }, { x: 1000, y: 0.25 }, { x: 1000, y: 0.75 }];
  const second = [{ x: 0, y: 1 }, { x: 1000, y: 1 }, { x: 990, y: undefined }];
  assert.deepEqual(binned("asp", [first, second]), [
    { series: "asp", x: 0, y: 0.5, low: 0, high: 1 },
    { series: "asp", x: 1, y: 0.75, low: 0.5, high: 1 },
  ]);
});

Deno.test("reproductionCharts() and the page show every arm, source and seed count", () => {
  const report = reproductionReport(CELLS, { command: "c", order: ORDER });
  const charts = reproductionCharts(report, CELLS, ORDER);
  assert.deepEqual(Object.keys(charts), [
    "fix-rates",
    "learning-human",
    "learning-lm-weak",
    "learning-mean",
    "own-bugs",
    "similarity",
    "percentile",
  ]);
  const pool = { ...CELLS[0]!, arm: "asp-pool-10" };
  const ablated = [...CELLS, pool];
  const withPool = reproductionReport(ablated, { command: "c", order: ORDER });
  assert.deepEqual(withPool.comparisons.at(-1)!.b, "asp");
  assert.ok("ablations" in reproductionCharts(withPool, ablated, ORDER));
  const page = reproductionMarkdown(report, { plots: ["own-bugs.svg"], notes: ["A note."] });
  assert.match(page, /\| asp \| 2 \| 75\.0 \[/);
  assert.match(page, /\| self-play \| 3 \| 25\.0 \[/);
  assert.match(page, /\| asp \| self-play \| 2 \| \+12\.5 \[/);
  assert.match(page, /A note\./);
  assert.match(page, /!\[own-bugs\]\(own-bugs\.svg\)/);
});

Deno.test("settingNotes() tells cells with other settings apart", () => {
  assert.deepEqual(settingNotes(CELLS), []);
  const other = { ...CELLS[0]!, seed: 4, experiment: { method: "asp", seed: 4, steps: 3 } };
  const notes = settingNotes([...CELLS, other]);
  assert.equal(notes.length, 2);
  assert.match(notes[1]!, /different ones: asp-4\.$/);
});
