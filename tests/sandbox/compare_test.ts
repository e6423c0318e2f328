import assert from "node:assert/strict";
import { compareValues, decodeValue, encodeValue } from "../../src/sandbox/mod.ts";

function same(a: unknown, b: unknown): boolean {
  return compareValues(encodeValue(a), encodeValue(b));
}

Deno.test("compareValues() compares deeply and tells apart what differs", () => {
  assert.ok(same({ a: [1, { b: "x" }] }, { a: [1, { b: "x" }] }));
  assert.ok(same({ a: 1, b: 2 }, { b: 2, a: 1 }));
  assert.ok(!same({ a: 1 }, { a: 1, b: undefined }));
  assert.ok(!same([1, 2], [1, 2, 3]));
  assert.ok(!same([], {}));
  assert.ok(!same(null, undefined));
  assert.ok(!same("1", 1));
  assert.ok(!same(0, -0));
  assert.ok(same(NaN, NaN));
  assert.ok(same(0.1 + 0.2, 0.3));
  assert.ok(!same(1.001, 1));
  assert.ok(!same(Infinity, -Infinity));
  assert.ok(same(12n, 12n) && !same(12n, 12));
});

Deno.test("compareValues() ignores the order of maps and sets only", () => {
  assert.ok(same(new Map([[1, "a"], [2, "b"]]), new Map([[2, "b"], [1, "a"]])));
  assert.ok(same(new Set([1, [2]]), new Set([[2], 1])));
  assert.ok(same(new Set([0.1 + 0.2, 1]), new Set([1, 0.3])));
  assert.ok(!same(new Set([1, 2]), new Set([1, 3])));
  assert.ok(!same(new Set([1]), new Map([[1, 1]])));
  assert.ok(!same([1, 2], [2, 1]));
});

Deno.test("compareValues() never takes functions, symbols or cycles for equal", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  assert.ok(!same(() => 1, () => 1));
  assert.ok(!same(Symbol.iterator, Symbol.iterator));
  assert.ok(!same(cycle, cycle));
});

Deno.test("compareValues() survives values nested deeper than the stack", () => {
  let deep: unknown[] = [];
  const text = "[".repeat(200_000) + "]".repeat(200_000);
  deep = JSON.parse(text);
  assert.equal(compareValues(deep as never, JSON.parse(text)), false);
});

Deno.test("encodeValue() and decodeValue() round-trip every tag", () => {
  const value = {
    numbers: [NaN, -0, Infinity, -Infinity, 1.5],
    nothing: undefined,
    big: 10n ** 30n,
    map: new Map<unknown, unknown>([["a", { $: "odd", value: 1 }], [{ k: 1 }, new Set([1])]]),
    date: new Date(86_400_000),
    ["__proto__"]: 3,
  };
  assert.deepEqual(decodeValue(JSON.parse(JSON.stringify(encodeValue(value)))), value);
});

Deno.test("encodeValue() refuses what is too deep or too large", () => {
  let deep: unknown = 0;
  for (let i = 0; i < 300; i++) deep = [deep];
  assert.throws(() => encodeValue(deep), RangeError);
  assert.throws(() => encodeValue(new Array(500_000).fill(0)), RangeError);
});

Deno.test("decodeValue() refuses unknown tags", () => {
  assert.throws(() => decodeValue({ $: "Window" }), TypeError);
});
