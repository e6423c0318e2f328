import assert from "node:assert/strict";
import { type ArmCell, roundChanges, roundsSection } from "../../src/bench/mod.ts";

/** The part of a cell that is read. */
function cell(arm: string, seed: number, roundly: Partial<ArmCell["roundly"]>): ArmCell {
  const none: (number | null)[] = [null];
  const empty = { ownPassRate: none, referencePassRate: none, percentile: none, validRate: none };
  return { arm, seed, roundly: { tokens: [], similarity: none, ...empty, ...roundly } } as ArmCell;
}

Deno.test("roundChanges() compares the first five rounds with the last five, seed by seed", () => {
  const [asp, ...others] = roundChanges([
    cell("asp", 1, { validRate: [0, 0.5, null, 0.5, 0.5, 0.5, 1, 1, 1, 1, 1] }),
    cell("asp", 2, { validRate: [0.6, 0.6, 0.6, 0.6, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5] }),
    cell("base", 1, {}),
  ], ["base", "asp"]);
  assert.deepEqual(others, []); // base plays no rounds
  assert.deepEqual([asp!.arm, asp!.seeds, Object.keys(asp!.changes)], ["asp", [1, 2], [
    "validRate",
  ]]);
  const { first, last, low, high } = asp!.changes.validRate!;
  const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
  close(first, (0.4 + 0.6) / 2);
  close(last, (1 + 0.5) / 2);
  close(low, -0.1);
  close(high, 0.6);
  assert.match(roundsSection([asp!]).at(-1)!, /50\.0 to 75\.0 \[-10\.0, \+60\.0\]/);
});

Deno.test("roundsSection() is empty without arms", () => {
  assert.deepEqual(roundsSection([]), []);
});
