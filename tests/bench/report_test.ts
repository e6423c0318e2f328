import assert from "node:assert/strict";
import { fixRates, type TrainRecord, trainReport, trainSummary } from "../../src/bench/report.ts";
import { itemResults } from "../support/item_results.ts";

const RATE = { fixRate: 0.25, low: 0.125, high: 0.375 };

const RECORD: TrainRecord = {
  method: "asp",
  steps: 2,
  seed: 1,
  adapter: "llvmpipe",
  before: itemResults({ human: "1000", "lm:weak": "0000" }),
  after: itemResults({ human: "1110", "lm:weak": "1000" }),
  validations: [{ step: 0, summary: { sources: { human: RATE }, mean: RATE } }],
  metrics: [
    { step: 0, "generator.attempts": 10, "generator.validRate": 0.5, tokensPerSecond: 900 },
    { step: 1, "generator.attempts": 30, "generator.validRate": 0.9, tokensPerSecond: 1100 },
  ],
  wallSeconds: 130,
  inputs: { "bench.jsonl": "ab12" },
};

Deno.test("fixRates() gives every source and the unweighted mean", () => {
  const uneven = itemResults({ human: "1100", "lm:weak": "0" });
  assert.deepEqual(fixRates(uneven), { human: 0.5, "lm:weak": 0, mean: 0.25 });
});

Deno.test("trainSummary() is what `train --json` prints", () => {
  assert.deepEqual(trainSummary("first", RECORD), {
    run: "first",
    steps: 2,
    method: "asp",
    before: { human: 0.25, "lm:weak": 0, mean: 0.125 },
    after: { human: 0.75, "lm:weak": 0.25, mean: 0.5 },
    validRate: 0.8, // 5 + 27 of 40
    tokensPerSecond: 1000,
  });
});

Deno.test("trainSummary() of a method without a generator has a valid rate of 0", () => {
  const { validRate, tokensPerSecond } = trainSummary("first", { ...RECORD, metrics: [] });
  assert.deepEqual([validRate, tokensPerSecond], [0, 0]);
});

Deno.test("trainReport() holds a row a source and the mean, at most 100 columns wide", () => {
  const { table } = trainReport(RECORD);
  const lines = table.split("\n");
  assert.equal(lines[0], "Held-out skeletons: 8 bugs of 4 tasks");
  assert.match(lines[1]!, /^fix rate, % +n +before +after +change +p$/);
  assert.match(lines[3]!, /^human +4 +25\.0 \[4\.6, 69\.9\] +75\.0 \[30\.1, 95\.4\] +\+50\.0 \[/);
  assert.match(lines[4]!, /^lm:weak +4 +0\.0 \[/);
  assert.match(lines[5]!, /^mean +8 +12\.5 \[.*\] +50\.0 \[.*\] +\+37\.5 \[/);
  assert.match(table, /asp, 2 steps, seed 1, 2 min 10 s; 80\.0 % of the generated bugs are valid/);
  assert.ok(Math.max(...lines.map(({ length }) => length)) <= 100);
});

Deno.test("trainReport() shows held-out families apart", () => {
  const heldout = {
    before: itemResults({ human: "00" }),
    after: itemResults({ human: "01" }),
  };
  const { json, table, markdown } = trainReport({ ...RECORD, heldout });
  assert.equal(json.heldoutFamilies!.mean.after.fixRate, 0.5);
  assert.equal(json.test.mean.n, 8);
  assert.match(table, /Held-out families: 2 bugs of 2 tasks/);
  assert.match(markdown, /## Held-out families: 2 bugs of 2 tasks/);
  assert.equal(trainReport(RECORD).json.heldoutFamilies, undefined);
});

Deno.test("trainReport() writes Markdown with curve, plots and inputs", () => {
  const { markdown } = trainReport({ ...RECORD, plots: ["fix-rate.svg"] });
  assert.match(markdown, /^# asp: 2 steps, seed 1\n/);
  assert.match(
    markdown,
    /\| step \| human \| mean \|\n\| ---: \| ---: \| ---: \|\n\| 0 \| 25\.0 \| 25\.0 \[12\.5, 37\.5\] \|/,
  );
  assert.match(markdown, /!\[fix rate\]\(fix-rate\.svg\)/);
  assert.match(markdown, /\| bench\.jsonl \| ab12 \|/);
});

Deno.test("trainReport() is JSON without the raw results", () => {
  const { json } = trainReport(RECORD);
  assert.deepEqual(json.validations, [{ step: 0, sources: { human: RATE }, mean: RATE }]);
  assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(json))).sort(), [
    ...["adapter", "inputs", "method", "seed", "steps", "test", "tokensPerSecond", "validRate"],
    ...["validations", "wallSeconds"],
  ]);
});
