import assert from "node:assert/strict";
import {
  ADVANTAGE_ESTIMATORS,
  type AdvantageEstimator,
  gdpo,
  isInformative,
  overlongPenalty,
  type RewardGroups,
} from "../../src/rl/mod.ts";

/** Compares nested lists of numbers to 1e-9. */
function assertClose(
  actual: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
): void {
  assert.deepEqual(actual.map((row) => row.length), expected.map((row) => row.length));
  actual.flat().forEach((value, i) => {
    assert.ok(Math.abs(value - expected.flat()[i]!) < 1e-9, `${actual} is not ${expected}`);
  });
}

const R3 = Math.sqrt(3);
const GROUPS: RewardGroups = [[1, 0, 0, 0], [1, 1, 1, 1], [1, 1, 0, 0]];

/** Worked by hand for the groups above: means 1/4, 1, 1/2; standard deviations sqrt(3)/4, 0, 1/2. */
const TABLE: readonly [keyof typeof ADVANTAGE_ESTIMATORS, number[][]][] = [
  ["grpo", [[R3, -1 / R3, -1 / R3, -1 / R3], [0, 0, 0, 0], [1, 1, -1, -1]]],
  ["dr-grpo", [[0.75, -0.25, -0.25, -0.25], [0, 0, 0, 0], [0.5, 0.5, -0.5, -0.5]]],
  ["rloo", [[1, -1 / 3, -1 / 3, -1 / 3], [0, 0, 0, 0], [2 / 3, 2 / 3, -2 / 3, -2 / 3]]],
];

for (const [name, expected] of TABLE) {
  Deno.test(`${name} advantages agree with the table`, () => {
    assertClose(ADVANTAGE_ESTIMATORS[name](GROUPS, 0).values, expected);
  });
}

Deno.test("reinforce++ divides the centred rewards by their spread over the batch", () => {
  // Centred: 0.75, -0.25 (x3), 0 (x4), 0.5 (x2), -0.5 (x2); squares sum to 0.75 + 1; variance 1.75 / 12.
  const std = Math.sqrt(1.75 / 12);
  const expected = [[0.75, -0.25, -0.25, -0.25], [0, 0, 0, 0], [0.5, 0.5, -0.5, -0.5]];
  const { values } = ADVANTAGE_ESTIMATORS["reinforce++"](GROUPS, 0);
  assertClose(values, expected.map((row) => row.map((value) => value / std)));
});

Deno.test("rae moves its baseline by a twentieth before each advantage", () => {
  const { values, baseline } = ADVANTAGE_ESTIMATORS.rae([[1, 0], [1]], 0);
  const [b1, b2] = [0.05, 0.95 * 0.05];
  const b3 = 0.95 * b2 + 0.05;
  assertClose(values, [[1 - b1, -b2], [1 - b3]]);
  assert.ok(Math.abs(baseline - b3) < 1e-12);
});

Deno.test("every estimator but rae gives a constant group nothing", () => {
  const estimators = Object.entries(ADVANTAGE_ESTIMATORS) as [string, AdvantageEstimator][];
  for (const [, estimator] of estimators.filter(([name]) => name !== "rae")) {
    assertClose(estimator([[0.3, 0.3, 0.3]], 0).values, [[0, 0, 0]]);
  }
});

Deno.test("grpo gives 0 below a standard deviation of 1e-6", () => {
  assertClose(ADVANTAGE_ESTIMATORS.grpo([[0.3, 0.3 + 1e-6]], 0).values, [[0, 0]]);
  assertClose(ADVANTAGE_ESTIMATORS.grpo([[0.3, 0.3 + 1e-5]], 0).values, [[-1, 1]]);
});

Deno.test("gdpo adds a second reward after normalising each by itself", () => {
  // z(1, -1, 1, -1) = itself; z(0.2, -, 0.8, -) among the two that have one = (-1, 1).
  // Sums with weight 0.5: 0.5, -1, 1.5, -1; mean 0; squares 0.25 + 1 + 2.25 + 1 = 4.5; std sqrt(1.125).
  const std = Math.sqrt(1.125);
  const values = gdpo([[1, -1, 1, -1]], [[0.2, undefined, 0.8, undefined]], 0.5);
  assertClose(values, [[0.5 / std, -1 / std, 1.5 / std, -1 / std]]);
});

Deno.test("gdpo without similarities is GRPO up to the batch's scale", () => {
  const none = GROUPS.map((group) => group.map(() => undefined));
  const { values } = ADVANTAGE_ESTIMATORS.grpo(GROUPS, 0);
  const std = Math.sqrt(8 / 12); // two groups of z-scores with squares summing to 4 each, one of zeros
  assertClose(gdpo(GROUPS, none, 0.5), values.map((row) => row.map((value) => value / std)));
});

Deno.test("gdpo ranks by similarity where the first reward is constant", () => {
  const [row] = gdpo([[1, 1]], [[0.1, 0.9]], 0.5);
  assertClose([row!], [[-1, 1]]);
});

Deno.test("isInformative() asks for two different rewards", () => {
  assert.equal(isInformative([1, 1, 1, 1]), false);
  assert.equal(isInformative([0, 0, 1, 0]), true);
  assert.equal(isInformative([]), false);
});

Deno.test("overlongPenalty() falls from 0 to -1 over the buffer", () => {
  assert.deepEqual([70, 80, 90, 100, 120].map((n) => overlongPenalty(n, 100, 20)), [
    0,
    0,
    -0.5,
    -1,
    -1,
  ]);
  assert.equal(overlongPenalty(100, 100, 0), 0);
});
