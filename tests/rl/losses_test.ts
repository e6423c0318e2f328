import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { policyLoss } from "../reference/policy_loss.ts";
import { type ClipRange, klEstimate, POLICY_LOSSES, type PolicyLoss } from "../../src/rl/mod.ts";

const RANGE: ClipRange = { clipLow: 0.2, clipHigh: 0.28, dualClip: 3 };

function close(actual: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** ratio, advantage, loss, derivative by logp; worked by hand. */
const CLIP_TABLE: readonly [number, number, number, number][] = [
  [1, 1, -1, -1],
  [1.2, 1, -1.2, -1.2],
  [1.5, 1, -1.28, 0], // above 1 + clipHigh
  [0.5, 1, -0.5, -0.5], // the lower bound does not hold back a good token
  [1, -1, 1, 1],
  [0.9, -2, 1.8, 1.8],
  [0.5, -1, 0.8, 0], // below 1 - clipLow
  [1.5, -1, 1.5, 1.5], // the upper bound does not hold back a bad token
  [5, -1, 3, 0], // dual clip
  [2, 0, 0, 0],
];

for (const [ratio, advantage, loss, dlogp] of CLIP_TABLE) {
  Deno.test(`clip loss at ratio ${ratio}, advantage ${advantage} is ${loss}`, () => {
    const out = POLICY_LOSSES.clip({ logp: [Math.log(ratio)], oldLogp: [0], advantage }, RANGE);
    close(out.loss[0]!, loss);
    close(out.dlogp[0]!, dlogp);
  });
}

Deno.test("gspo loss uses one ratio for a whole completion", () => {
  // Token ratios 4 and 1/4 cancel: the sequence ratio is 1, so no token is clipped.
  const logp = [Math.log(4), -Math.log(4)];
  const out = POLICY_LOSSES.gspo({ logp, oldLogp: [0, 0], advantage: 2 }, RANGE);
  out.loss.forEach((loss) => close(loss, -2));
  out.dlogp.forEach((dlogp) => close(dlogp, -2));
});

Deno.test("cispo loss bounds the weight and keeps the gradient", () => {
  const logp = [Math.log(0.5), Math.log(0.25)];
  const out = POLICY_LOSSES.cispo(
    { logp, oldLogp: [Math.log(0.1), Math.log(0.25)], advantage: 1 },
    RANGE,
  );
  close(out.dlogp[0]!, -1.28);
  close(out.dlogp[1]!, -1);
  close(out.loss[0]!, -1.28 * Math.log(0.5));
  assert.deepEqual(out.clipped, [true, false]);
});

/** Loss summed over tokens, with CISPO's weight held at the point of expansion. */
function summed(loss: PolicyLoss, logp: number[], oldLogp: number[], advantage: number): number {
  return loss({ logp, oldLogp, advantage }, RANGE).loss.reduce((sum, value) => sum + value, 0);
}

for (const name of ["clip", "gspo"] as const) {
  Deno.test(`${name} loss: dlogp agrees with central differences`, () => {
    const rng = rngStream(11, name);
    for (let trial = 0; trial < 40; trial++) {
      const oldLogp = [0, 1, 2].map(() => -2 * rng.next());
      const logp = oldLogp.map((value) => value + rng.normal());
      const advantage = rng.normal();
      const { dlogp } = POLICY_LOSSES[name]({ logp, oldLogp, advantage }, RANGE);
      dlogp.forEach((derivative, t) => {
        const at = (h: number) => logp.map((value, i) => i === t ? value + h : value);
        const [up, down] = [1e-6, -1e-6].map((h) =>
          summed(POLICY_LOSSES[name], at(h), oldLogp, advantage)
        );
        close(derivative, (up! - down!) / 2e-6, 1e-6);
      });
    }
  });
}

Deno.test("klEstimate() agrees with the table and with central differences", () => {
  const d = Math.log(2);
  close(klEstimate("k1", d, 0).value, d);
  close(klEstimate("k2", d, 0).value, d * d / 2);
  close(klEstimate("k3", d, 0).value, 0.5 - 1 + d);
  for (const form of ["k1", "k2", "k3"] as const) {
    const { dlogp } = klEstimate(form, -0.7, -1.1);
    const [up, down] = [1e-6, -1e-6].map((h) => klEstimate(form, -0.7 + h, -1.1).value);
    close(dlogp, (up! - down!) / 2e-6, 1e-8);
    close(klEstimate(form, -0.7, -0.7).value, 0);
  }
});

Deno.test("clip loss and k3 agree with the reference of the policy_loss kernel", () => {
  const rng = rngStream(12);
  for (let trial = 0; trial < 200; trial++) {
    const [logp, old, reference] = [0, 1, 2].map(() => -3 * rng.next()) as [number, number, number];
    const advantage = rng.normal();
    const row = { logp, old, reference, advantage, weight: 1 };
    const kernel = policyLoss(row, { low: 0.2, high: 0.28, dual: 3, kl: 0.1 });
    const { loss, dlogp } = POLICY_LOSSES.clip({ logp: [logp], oldLogp: [old], advantage }, RANGE);
    const kl = klEstimate("k3", logp, reference);
    close(loss[0]! + 0.1 * kl.value, kernel.loss, 1e-9);
    close(dlogp[0]! + 0.1 * kl.dlogp, kernel.g, 1e-9);
  }
});
