import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import {
  type Example,
  rankByScore,
  separation,
  weightedAuc,
} from "../../src/bench/analyse_classifier.ts";

/** The area of examples with labels, scores and weights. */
function areaOf(labels: (0 | 1)[], scores: number[], weights: number[]): number {
  const examples = labels.map((label, i) => ({ label, weight: weights[i]! }));
  const ranked = rankByScore(examples, scores);
  return weightedAuc(ranked, (at) => ranked[at]!.example.weight);
}

Deno.test("weightedAuc() is the share of pairs in the right order", () => {
  const labels: (0 | 1)[] = [0, 0, 1, 1];
  assert.equal(areaOf(labels, [1, 2, 3, 4], [1, 1, 1, 1]), 1);
  assert.equal(areaOf(labels, [4, 3, 2, 1], [1, 1, 1, 1]), 0);
  assert.equal(areaOf(labels, [1, 3, 2, 4], [1, 1, 1, 1]), 0.75);
  assert.equal(areaOf(labels, [1, 2, 2, 2], [1, 1, 1, 1]), 0.75); // two of four pairs tie
  assert.equal(areaOf(labels, [1, 3, 2, 4], [1, 3, 1, 1]), 5 / 8);
  assert.ok(Number.isNaN(areaOf([1, 1], [1, 2], [1, 1])));
});

/** Two examples a task, one of each class, `apart` standard deviations from each other in one of ten directions. */
function examples(tasks: number, apart: number): Example[] {
  const rng = rngStream(1);
  return Array.from({ length: tasks }, (_, t) =>
    ([0, 1] as const).map((label) => ({
      taskId: `t${t}`,
      label,
      vector: Array.from({ length: 10 }, (_, i) => rng.normal() + (i === 3 ? apart * label : 0)),
    }))).flat();
}

Deno.test("separation() tells classes apart that differ, and no others", () => {
  const far = separation(examples(60, 4), rngStream(2));
  assert.ok(far.auc > 0.95 && far.low > 0.9 && far.high <= 1, JSON.stringify(far));
  const same = separation(examples(60, 0), rngStream(2));
  assert.ok(same.low < 0.5 && same.high > 0.5, JSON.stringify(same));
});

Deno.test("separation() is the same whatever places that are always zero stand between the others", () => {
  const dense = examples(30, 1);
  const wide = dense.map((example) => ({
    ...example,
    vector: Float64Array.from({ length: 40 }, (_, i) => i % 4 === 1 ? example.vector[i >> 2]! : 0),
  }));
  assert.deepEqual(separation(wide, rngStream(2)), separation(dense, rngStream(2)));
});

Deno.test("separation() never scores a task by a classifier that has seen it", () => {
  // Each task has a direction of its own, so knowing the task gives the class away; the classes are alike.
  const memorised = Array.from({ length: 20 }, (_, t): Example[] => {
    const vector = Array.from({ length: 20 }, (_, i) => Number(i === t));
    return [0, 1].map((k) => ({ taskId: `t${t}`, vector, label: (t + k) % 2 as 0 | 1 }));
  }).flat();
  assert.equal(separation(memorised, rngStream(1)).auc, 0.5);
});

Deno.test("separation() needs two classes and two tasks", () => {
  const two = examples(2, 1);
  assert.throws(() => separation(two.slice(0, 2), rngStream(1)), RangeError);
  assert.throws(() => separation(two.filter(({ label }) => label === 1), rngStream(1)), RangeError);
});
