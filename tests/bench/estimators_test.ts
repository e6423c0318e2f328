import { ok, strictEqual, throws } from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import {
  bootstrapDifference,
  bootstrapMean,
  meanOverSources,
  type Outcome,
  passAtK,
  sourceRates,
  wilson,
} from "../../src/bench/estimators.ts";

const near = (actual: number, expected: number, tolerance = 1e-9) =>
  ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

Deno.test("passAtK() is the share of k-subsets that hold a pass", () => {
  near(passAtK(4, 1, 1), 0.25);
  near(passAtK(4, 1, 2), 0.5); // 3 of the 6 pairs
  near(passAtK(5, 2, 3), 0.9); // all triples but one of the ten
  near(passAtK(5, 0, 5), 0);
  near(passAtK(5, 3, 3), 1);
  throws(() => passAtK(4, 1, 5), RangeError);
});

Deno.test("wilson() gives the published interval of 10 in 20", () => {
  const { fixRate, low, high } = wilson(10, 20);
  strictEqual(fixRate, 0.5);
  near(low, 0.2993, 1e-4);
  near(high, 0.7007, 1e-4);
  near(wilson(0, 10).low, 0);
  near(wilson(10, 10).high, 1);
});

/** Items of `tasks` tasks from two sources; source b is harder. */
function outcomes(tasks: number, rate: number, seed: number): Outcome[] {
  const rng = rngStream(seed);
  return Array.from({ length: tasks }, (_, t) => [
    { taskId: `t${t}`, source: "a", passed: Number(rng.next() < rate) },
    { taskId: `t${t}`, source: "b", passed: Number(rng.next() < rate / 2) },
  ]).flat();
}

Deno.test("meanOverSources() weighs sources equally, whatever their sizes", () => {
  const items = [
    { taskId: "1", source: "a", passed: 1 },
    { taskId: "2", source: "a", passed: 0 },
    { taskId: "1", source: "b", passed: 1 },
  ];
  near(meanOverSources(items), 0.75);
  strictEqual(sourceRates(items)["a"]!.n, 2);
});

Deno.test("bootstrapMean() covers the truth about as often as it says", () => {
  let covered = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { low, high } = bootstrapMean(outcomes(60, 0.5, seed), rngStream(seed, "bootstrap"));
    if (low <= 0.375 && 0.375 <= high) covered++;
  }
  ok(covered >= 51, `covered ${covered} of 60`);
});

Deno.test("bootstrapDifference() sees a large difference and none between equals", () => {
  const base = outcomes(100, 0.3, 1);
  const better = outcomes(100, 0.9, 2);
  const large = bootstrapDifference(base, better, rngStream(3));
  ok(large.low > 0 && large.p < 0.01);
  const none = bootstrapDifference(base, base, rngStream(3));
  strictEqual(none.diff, 0);
  strictEqual(none.p, 1);
  throws(() => bootstrapDifference(base, better.slice(1), rngStream(1)), /items differ/);
});
