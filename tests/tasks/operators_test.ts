import assert from "node:assert/strict";
import { listMutations } from "../../src/tasks/mutate.ts";
import { classifyEdit, countNames, entropyOf } from "../../src/tasks/operators/mod.ts";

const EDITS: readonly [operator: string, fixed: string, buggy: string][] = [
  ["none", "return a;", "return  a ;"],
  ["relational-swap", "return a < b;", "return a <= b;"],
  ["arithmetic-swap", "return a + b;", "return a - b;"],
  ["logical-swap", "return a && b;", "return a || b;"],
  ["swapped-operands", "return a - b;", "return b - a;"],
  ["dropped-term", "return a + b;", "return a;"],
  ["dropped-call", "return Math.floor(a);", "return a;"],
  ["dropped-call", "return [...a];", "return a;"],
  ["negated-condition", "if (a) b();", "if (!a) b();"],
  ["unary-change", "return -a;", "return a;"],
  ["off-by-one-number", "return a % 3;", "return a % 4;"],
  ["off-by-one-bound", "for (; i < n; i++) {}", "for (; i < n - 1; i++) {}"],
  ["off-by-one-index", "return a[i];", "return a[i + 1];"],
  ["wrong-initial-value", "let s = 0;", "let s = 1;"],
  ["wrong-loop-start", "for (let i = 0; i < n; i++) {}", "for (let i = 1; i < n; i++) {}"],
  ["wrong-loop-step", "for (;; i++) {}", "for (;; i += 2) {}"],
  ["wrong-variable", "g(a);", "g(b);"],
  ["wrong-method", "a.push(1);", "a.unshift(1);"],
  ["wrong-return", "return a;", "return 5;"],
  ["wrong-constant", "g('x');", "g('y');"],
  ["index-for-element", "s += a[i];", "s += i;"],
  ["assignment-swap", "s += a;", "s = a;"],
  ["swapped-ternary", "return a ? b : c;", "return a ? c : b;"],
  ["swapped-arguments", "g(a, b);", "g(b, a);"],
  ["dropped-argument", "g(a, b);", "g(a);"],
  ["dropped-statement", "g(); h(); k();", "g(); k();"],
  ["dropped-guard", "if (a) return 0; g();", "g();"],
  ["dropped-guard", "if (a) { g(); h(); } k();", "g(); h(); k();"],
  ["dropped-else", "if (a) g(); else h();", "if (a) g();"],
  ["swapped-statements", "g(); h();", "h(); g();"],
  ["early-return", "for (;;) { g(); } return 1;", "for (;;) { g(); return 1; } return 1;"],
  ["wrong-jump", "for (;;) { break; }", "for (;;) { continue; }"],
  ["added-statement", "g();", "g(); h();"],
  ["added-term", "if (a) g();", "if (a && b) g();"],
  ["added-call", "g(a);", "g(Math.abs(a));"],
  ["multi-edit", "let a = 1; g(a < 2);", "let a = 2; g(a <= 2);"],
  ["rewrite", "g(a); h(a); k(a); m(a);", "g(b); h(b); k(b); m(b);"],
];

for (const [operator, fixed, buggy] of EDITS) {
  Deno.test(`classifyEdit() calls \`${fixed}\` to \`${buggy}\` ${operator}`, () => {
    const wrap = (body: string): string => `function f() { ${body} }`;
    assert.equal(classifyEdit(wrap(fixed), wrap(buggy)), operator);
  });
}

Deno.test("classifyEdit() names most generic mutants by their operator", () => {
  const code = `function f(xs, k) {
    let best = 0;
    const seen = [];
    for (let i = 0; i < xs.length; i++) {
      if (xs[i] < 0) continue;
      const v = Math.floor(xs[i] / k);
      if (v > best && v % 2 === 0) { best = v; seen.push(v); } else { best += 1; }
    }
    return k > 2 ? best : seen.slice(1).join(",");
  }`;
  const mutants = listMutations(code);
  const same = mutants.filter((mutant) => classifyEdit(code, mutant.code) === mutant.operator);
  assert.ok(same.length / mutants.length > 0.85, `${same.length} of ${mutants.length}`);
});

Deno.test("countNames() counts, most frequent first", () => {
  assert.deepEqual(Object.entries(countNames(["b", "a", "b", "c"])), [["b", 2], ["a", 1], [
    "c",
    1,
  ]]);
});

Deno.test("entropyOf() is in bits", () => {
  assert.equal(entropyOf({ a: 2, b: 1, c: 1 }), 1.5);
  assert.equal(entropyOf({ a: 3 }), 0);
  assert.equal(entropyOf({}), 0);
});
