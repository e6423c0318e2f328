import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { Outcome } from "../../src/corpus/mod.ts";
import { differ, pinCases } from "../../src/corpus/pin.ts";

const value = (v: number): Outcome => ({ kind: "value", value: v });
const INPUTS = Array.from({ length: 20 }, (_, i) => [i]);
const outcomesOf = (f: (n: number) => Outcome): Outcome[] => INPUTS.map(([n]) => f(n!));
const DOUBLE = outcomesOf((n) => value(2 * n));

Deno.test("differ() compares values deeply and kinds of outcome", () => {
  const list = (v: number[]): Outcome => ({ kind: "value", value: v });
  assert(!differ(list([1, 2]), list([1, 2])));
  assert(differ(list([1, 2]), list([2, 1])));
  assert(differ(value(1), { kind: "endless" }));
  assert(!differ({ kind: "threw", message: "a" }, { kind: "threw", message: "b" }));
});

Deno.test("pinCases() chooses the one input that tells a mutant apart", () => {
  const mutant = outcomesOf((n) => value(n === 13 ? 0 : 2 * n));
  const pinned = pinCases(INPUTS, DOUBLE, [mutant], rngStream(1))!;
  assert(pinned.visible.some((c) => c.args[0] === 13 && c.expected === 26));
  assert(pinned.visible.length >= 6 && pinned.hidden.length >= 4);
  const all = [...pinned.visible, ...pinned.hidden].map((c) => JSON.stringify(c.args));
  assert.equal(new Set(all).size, all.length);
});

Deno.test("pinCases() refuses programs that throw, never end, or say nothing", () => {
  const rng = rngStream(1);
  const threw: Outcome = { kind: "threw", message: "TypeError: x" };
  assert.equal(pinCases(INPUTS, outcomesOf((n) => n % 2 ? threw : value(n)), [], rng), undefined);
  assert.equal(pinCases(INPUTS, outcomesOf(() => ({ kind: "endless" })), [], rng), undefined);
  assert.equal(pinCases(INPUTS, outcomesOf(() => value(5)), [], rng), undefined);
  const tagged: Outcome = { kind: "value", value: { $: "NaN" } };
  assert.equal(pinCases(INPUTS, outcomesOf(() => tagged), [], rng), undefined);
});
