import assert from "node:assert/strict";
import { candidatePlace, formatThrown } from "../../src/sandbox/feedback.ts";
import { encodeValue, formatCall, formatValue, trimText } from "../../src/sandbox/mod.ts";

Deno.test("formatValue() writes values as in source code", () => {
  const value = { a: [1, "x", null], "b c": undefined, d: new Map([[1, new Set([2n])]]), e: -0 };
  const text = '{ a: [1, "x", null], "b c": undefined, d: Map([1, Set(2n)]), e: -0 }';
  assert.equal(formatValue(encodeValue(value)), text);
  assert.equal(formatValue(encodeValue({ $: 1 })), "{ $: 1 }");
  assert.equal(formatValue(encodeValue(new Date(0))), 'Date("1970-01-01T00:00:00.000Z")');
});

Deno.test("formatValue() cuts what is long or deep, and takes no longer for it", () => {
  assert.equal(formatValue(encodeValue("x".repeat(500)), 10), '"xxxxxxxx…');
  assert.ok(formatValue(encodeValue(new Array(1e5).fill(1)), 50).length <= 50);
  assert.ok(formatValue(JSON.parse("[".repeat(1e5) + "]".repeat(1e5))).length < 100);
});

Deno.test("formatCall() keeps every argument in sight", () => {
  assert.equal(formatCall("add", [1, [2]]), "add(1, [2])");
  const long = formatCall("f", ["x".repeat(500), 7]);
  assert.ok(long.length <= 160 && long.endsWith("… 7)".slice(-3)), long);
});

Deno.test("formatThrown() names the line inside the program and nothing of the machine", () => {
  const stack = `TypeError: no
    at Module.get (data:text/javascript,function%20get()%7B%7D:3:11)
    at call (kedge:1142:55)`;
  const thrown = { name: "TypeError", message: "no", stack };
  assert.equal(formatThrown(thrown), "TypeError: no (line 3)");
  assert.deepEqual(candidatePlace(stack), { line: 3, column: 11 });
  assert.equal(candidatePlace("at main (kedge:5:1)"), undefined);
  assert.equal(formatThrown({ name: "", message: "4", stack: "" }), "4");
});

Deno.test("trimText() marks a cut", () => {
  assert.equal(trimText("abc", 3), "abc");
  assert.equal(trimText("abcd", 3), "ab…");
});
