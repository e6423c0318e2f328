import assert from "node:assert/strict";
import { skeletonOf } from "../../src/tasks/mod.ts";

Deno.test("skeletonOf() is the same for programs that differ in names and literals", () => {
  assert.equal(
    skeletonOf("function f(xs) { return xs.filter(x => x > 3).join('-'); }"),
    skeletonOf('function g(ys) { return ys.filter(n => n > 40).join(", "); }'),
  );
});

Deno.test("skeletonOf() differs with operators, calls, methods and statements", () => {
  const base = skeletonOf("function f(x) { return Math.max(x, 1); }");
  for (
    const other of [
      "function f(x) { return Math.min(x, 1); }",
      "function f(x) { return Math.max(x, -1); }",
      "function f(x) { if (x) return 1; return Math.max(x, 1); }",
      "function f(x) { return Number.max(x, 1); }",
      "function f(x, y) { return Math.max(x, 1); }",
    ]
  ) assert.notEqual(skeletonOf(other), base, other);
});

Deno.test("skeletonOf() keeps true, false and null and hides templates and patterns", () => {
  assert.notEqual(skeletonOf("f(true)"), skeletonOf("f(false)"));
  assert.notEqual(skeletonOf("f(null)"), skeletonOf("f(0)"));
  assert.equal(skeletonOf("f(`a${b}`, /x/g, 1n)"), skeletonOf("f(`c${d}`, /y+/, 22n)"));
});

Deno.test("skeletonOf() of a skeleton is itself", () => {
  const skeleton = skeletonOf("function f(o) { for (const a in o) { if (o[a] > 2) return a; } }");
  assert.equal(skeletonOf(skeleton), skeleton);
});
