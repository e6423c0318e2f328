import assert from "node:assert/strict";
import { GENERATOR_REWARDS, invalidReward, shapeRewards } from "../../src/selfplay/mod.ts";

/** Rewards at pass rates 0, 0.25, 0.5, 0.75, 1; worked by hand. */
const TABLE: Readonly<Record<keyof typeof GENERATOR_REWARDS, number[]>> = {
  band: [-0.2, 1, 1, 1, -0.2],
  ssr: [-0.8, 0.55, 0.1, -0.35, -0.8],
  azr: [0, 0.75, 0.5, 0.25, 0],
  // (rho (1 - rho) - 0.25)^2 / 0.02: 3.125, 0.1953125, 0
  spice: [Math.exp(-3.125), Math.exp(-0.1953125), 1, Math.exp(-0.1953125), Math.exp(-3.125)],
};

for (const [name, expected] of Object.entries(TABLE)) {
  Deno.test(`${name} reward agrees with the table`, () => {
    const reward = GENERATOR_REWARDS[name as keyof typeof TABLE];
    [0, 0.25, 0.5, 0.75, 1].forEach((rho, i) => {
      assert.ok(Math.abs(reward(rho) - expected[i]!) < 1e-12, `${name} at ${rho}`);
    });
  });
}

Deno.test("band reward is 0 between the band and the ends", () => {
  assert.equal(GENERATOR_REWARDS.band(1 / 8), 0);
  assert.equal(GENERATOR_REWARDS.band(7 / 8), 0);
});

Deno.test("invalidReward() lifts the penalty under a valid rate of 20 %", () => {
  assert.deepEqual([0, 0.19, 0.2, 0.9].map(invalidReward), [0, 0, -1, -1]);
});

Deno.test("shapeRewards() agrees with the table", () => {
  // Baseline 0.99 * 0.5 + 0.01 * 0.6 = 0.501; differences -0.201 (bounded), 0.099, 0.399 (bounded).
  const { bonuses, baseline } = shapeRewards([0.3, 0.6, 0.9], 0.5);
  assert.ok(Math.abs(baseline - 0.501) < 1e-12);
  [-0.04, 0.0198, 0.04].forEach((bonus, i) => assert.ok(Math.abs(bonuses[i]! - bonus) < 1e-12));
});

Deno.test("shapeRewards() starts from its own mean and keeps the baseline without bugs", () => {
  assert.ok(Math.abs(shapeRewards([0.4, 0.8], undefined).baseline - 0.6) < 1e-12);
  assert.deepEqual(shapeRewards([], 0.7), { bonuses: [], baseline: 0.7 });
});
