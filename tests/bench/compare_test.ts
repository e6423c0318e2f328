import assert from "node:assert/strict";
import { alignResults, compareEvaluations } from "../../src/bench/compare.ts";
import { itemResults } from "../support/item_results.ts";

Deno.test("compareEvaluations() pairs bug by bug", () => {
  const before = itemResults({ human: "1100000000", "lm:weak": "0000000000" });
  const after = itemResults({ human: "1110000000", "lm:weak": "1111100000" });
  const { tasks, sources, mean } = compareEvaluations(before, after, 1);
  assert.equal(tasks, 10);
  assert.deepEqual(Object.keys(sources), ["human", "lm:weak"]);
  const { human, "lm:weak": weak } = sources;
  assert.deepEqual([human!.n, human!.before.fixRate, human!.after.fixRate], [10, 0.2, 0.3]);
  assert.ok(Math.abs(human!.change.diff - 0.1) < 1e-12);
  assert.equal(human!.change.low, 0); // one bug in ten changed, and never for the worse
  assert.equal(weak!.change.diff, 0.5);
  assert.ok(weak!.change.low > 0.1 && weak!.change.high < 0.9 && weak!.change.p < 0.01);
  assert.equal(mean.n, 20);
  assert.ok(Math.abs(mean.change.diff - 0.3) < 1e-12);
  assert.ok(Math.abs(mean.after.fixRate - mean.before.fixRate - mean.change.diff) < 1e-12);
});

Deno.test("compareEvaluations() of equal results finds no difference", () => {
  const results = itemResults({ human: "1010" });
  const { change } = compareEvaluations(results, results, 1).mean;
  assert.deepEqual(change, { diff: 0, low: 0, high: 0, p: 1 });
});

Deno.test("compareEvaluations() is a function of its seed", () => {
  const [before, after] = [itemResults({ human: "1100" }), itemResults({ human: "0111" })];
  assert.deepEqual(compareEvaluations(before, after, 3), compareEvaluations(before, after, 3));
});

Deno.test("alignResults() orders by id and refuses other bugs", () => {
  const results = itemResults({ human: "10", "lm:weak": "01" });
  assert.deepEqual(alignResults(results, results.toReversed(), "a.jsonl"), results);
  assert.throws(
    () => alignResults(results, results.slice(1), "a.jsonl"),
    /ConfigError: Cannot compare with a.jsonl: .* same 4 bugs, found none for "human-0"/,
  );
  assert.throws(
    () => alignResults(results.slice(1), results, "a.jsonl"),
    /same 3 bugs, found 4/,
  );
});
