import assert from "node:assert/strict";
import { addTokens, crosses, isSpent, scheduleAt } from "../../src/session/mod.ts";

const NONE = { sampled: 0, trained: 0 };

Deno.test("without a budget rounds count", () => {
  const length = { steps: 3, tokens: 0 };
  assert.deepEqual([2, 3].map((rounds) => isSpent(length, rounds, NONE)), [false, true]);
  assert.equal(scheduleAt(length, 2, { sampled: 99, trained: 1 }), 2);
});

Deno.test("a budget ends training and spreads the schedule over its tokens", () => {
  const length = { steps: 8, tokens: 1000 };
  const spent = addTokens(NONE, { sampledTokens: 200, trainedTokens: 50 }, {
    ...length,
    rounds: 0,
  });
  assert.deepEqual(spent, { sampled: 200, trained: 50 });
  assert.equal(scheduleAt(length, 1, spent), 2);
  assert.equal(isSpent(length, 50, spent), false);
  const all = addTokens(spent, { sampledTokens: 900 }, { ...length, rounds: 1 });
  assert.equal(isSpent(length, 2, all), true);
  assert.equal(scheduleAt(length, 2, all), 8);
});

Deno.test("a budget that no round touches is an error, not an endless run", () => {
  const length = { steps: 2, tokens: 10 };
  assert.deepEqual(addTokens(NONE, {}, { ...length, rounds: 0 }), NONE);
  assert.throws(() => addTokens(NONE, {}, { ...length, rounds: 1 }), /Cannot spend 10 tokens/);
});

Deno.test("crosses() finds multiples in (from, to]", () => {
  assert.deepEqual([[5, 6], [6, 7], [5.5, 6.2], [1, 13]].map(([a, b]) => crosses(6, a!, b!)), [
    true,
    false,
    true,
    true,
  ]);
  assert.equal(crosses(0, 0, 100), false);
});
