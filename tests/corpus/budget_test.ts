import assert from "node:assert/strict";
import { COUNTER, withBudget } from "../../src/corpus/budget.ts";

/** Runs an expression after the instrumented code and counts its steps. */
function steps(code: string, expression: string): number {
  let count = 0;
  const run = new Function(COUNTER, `${withBudget(code)}\nreturn ${expression};`);
  run(() => {
    if (++count >= 50) throw new RangeError("enough");
  });
  return count;
}

Deno.test("withBudget() counts loop rounds and calls", () => {
  assert.equal(steps("function f(n) { for (let i = 0; i < n; i++) { n += 0; } }", "f(5)"), 6);
  assert.equal(steps("function f(n) { while (n > 0) n--; }", "f(5)"), 6);
  assert.equal(steps("function f(n) { for (const x of n) for (const y of n) y; }", "f([1, 2])"), 7);
  assert.equal(steps("function f(n) { return n > 0 ? f(n - 1) : 0; }", "f(5)"), 6);
});

Deno.test("withBudget() stops what never ends", () => {
  for (
    const code of [
      "function f() { while (true); }",
      "function f() { do { f; } while (true) }",
      "function f(n) { return f(n); }",
      "function f() { const xs = [1]; for (const x of xs) xs.push(x); }",
    ]
  ) assert.throws(() => steps(code, "f(1)"), /enough/, code);
});
