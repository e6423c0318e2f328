import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { drawInputs, hintsOf } from "../../src/corpus/inputs.ts";

Deno.test("hintsOf() finds numbers and letters of a program", () => {
  const hints = hintsOf('function f(s) { return s[0] === "qx7" ? 12 : s.length > 3; }');
  assert.deepEqual(hints, { numbers: [0, 12, 3], letters: ["q", "x"] });
});

Deno.test("drawInputs() draws distinct argument lists, the plainest first", () => {
  const params = [{ name: "xs", kind: "ints" }, { name: "k", kind: "int" }] as const;
  const inputs = drawInputs(rngStream(1), params, { numbers: [7], letters: [] }, 40);
  assert.equal(inputs.length, 40);
  assert.equal(new Set(inputs.map((args) => JSON.stringify(args))).size, 40);
  assert.deepEqual(inputs[0]![0], []);
});

Deno.test("drawInputs() prefers values around the program's constants", () => {
  const params = [{ name: "n", kind: "int" }] as const;
  const near = (numbers: number[]): number => {
    const inputs = drawInputs(rngStream(1), params, { numbers, letters: [] }, 12);
    return inputs.filter(([n]) => Math.abs(n as number - 17) <= 1).length;
  };
  assert(near([17]) > near([]));
});

Deno.test("drawInputs() gives fewer lists where a kind has few values", () => {
  const params = [{ name: "n", kind: "nat" }] as const;
  const inputs = drawInputs(rngStream(1), params, { numbers: [], letters: [] }, 40);
  assert(inputs.length <= 17 && inputs.length > 10);
  assert(inputs.every(([n]) => Number.isInteger(n) && (n as number) >= 0));
});
