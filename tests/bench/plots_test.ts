import assert from "node:assert/strict";
import { plots, type PlottedRun, runCharts } from "../../src/bench/plots.ts";
import { itemResults } from "../support/item_results.ts";

const rate = (fixRate: number) => ({ fixRate, low: fixRate / 2, high: (1 + fixRate) / 2 });

/** A run of three steps whose numbers are easy to find again. */
const RUN: PlottedRun = {
  method: "asp",
  seed: 1,
  before: itemResults({ human: "1000", "lm:weak": "0000" }),
  after: itemResults({ human: "1110", "lm:weak": "1000" }),
  validations: [0, 2].map((step) => ({
    step,
    summary: {
      sources: { human: rate(0.2 + step / 10), "lm:weak": rate(0.1) },
      mean: rate(0.15 + step / 20),
    },
  })),
  metrics: [0, 1, 2].map((step) => ({
    step,
    "generator.reward.mean": -0.5 + step / 4,
    "fixer.ownBugs.reward.mean": 0.25,
    "generator.validRate": 0.5,
    "similarity.mean": 0.75,
    "rho.histogram": { "0.00": 2, "0.50": 1, "1.00": 1 },
  })),
};

/** Texts of an SVG, and the number of its marks of one kind. */
function readSvg(svg: string, kind: string): { texts: string[]; marks: number } {
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
  const marks = [...svg.matchAll(new RegExp(`aria-roledescription="${kind}"`, "g"))].length;
  return { texts, marks };
}

/** Fails where tags do not nest. */
function assertWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, end, name, inner] of svg.matchAll(/<(\/?)([\w:]+)((?:"[^"]*"|[^">])*)>/g)) {
    if (end) assert.equal(open.pop(), name);
    else if (!inner!.endsWith("/")) open.push(name!);
  }
  assert.deepEqual(open, []);
}

Deno.test("plots() draws every plot of a run as well-formed SVG with its series", async () => {
  const drawn = await plots(RUN);
  assert.deepEqual(Object.keys(drawn), [
    "before-after.svg",
    "learning-curves.svg",
    "rewards.svg",
    "valid-rate.svg",
    "similarity.svg",
    "pass-rates.svg",
  ]);
  for (const svg of Object.values(drawn)) {
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    assertWellFormed(svg);
  }
  const learning = readSvg(drawn["learning-curves.svg"]!, "line mark");
  for (const name of ["human", "lm:weak", "mean"]) assert.ok(learning.texts.includes(name), name);
  assert.equal(learning.marks, 3);
  assert.equal(readSvg(drawn["learning-curves.svg"]!, "area mark").marks, 3);
  const rewards = readSvg(drawn["rewards.svg"]!, "line mark");
  assert.equal(rewards.marks, 2);
  assert.ok(rewards.texts.includes("fixer, own bugs"));
  assert.equal(readSvg(drawn["pass-rates.svg"]!, "bar").marks, 9);
});

Deno.test("plots() draws the same run alike", async () => {
  assert.deepEqual(await plots(RUN), await plots(RUN));
});

Deno.test("runCharts() leaves out what a run has no data for", () => {
  const charts = runCharts({
    ...RUN,
    validations: [],
    metrics: [{ step: 0, "generator.reward.mean": null, "rho.histogram": {} }],
  });
  assert.deepEqual(Object.keys(charts), ["before-after"]);
});

Deno.test("runCharts() holds the interval of every source and of the mean", () => {
  const { data } = runCharts(RUN)["before-after"] as unknown as {
    data: { values: { name: string; series: string; value: number }[] };
  };
  assert.deepEqual(
    data.values.map(({ name, series, value }) => [name, series, value]),
    [
      ...[["human", "before", 0.25], ["human", "after", 0.75]],
      ...[["lm:weak", "before", 0], ["lm:weak", "after", 0.25]],
      ...[["mean", "before", 0.125], ["mean", "after", 0.5]],
    ],
  );
});
