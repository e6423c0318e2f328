import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { canonicalForm } from "../../src/tasks/canonical.ts";
import { listMutations, MULTI_EDIT, mutate } from "../../src/tasks/mutate.ts";
import { MUTATION_OPERATORS } from "../../src/tasks/mutations/mod.ts";

const PROGRAM = `function pick(xs, k) {
  let best = 0;
  const seen = [];
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] < 0) continue;
    const v = Math.floor(xs[i] / k);
    if (v > best && v % 2 === 0) { best = v; seen.push(v); } else { best += 1; }
    total(best, k);
  }
  seen.push(-k);
  for (const x of seen) { best += x; }
  return k > 2 ? best : seen.slice(1).join(",");
}`;

/** The mutants that one operator makes of a program, by their text without white space. */
function mutantsBy(operator: string, code: string): string[] {
  return listMutations(code).filter((mutant) => mutant.operator === operator)
    .map((mutant) => mutant.code.replaceAll(/\s+/g, ""));
}

Deno.test("mutate() is a function of the code and the stream", () => {
  for (let i = 0; i < 5; i++) {
    assert.deepEqual(mutate(PROGRAM, rngStream(7, i)), mutate(PROGRAM, rngStream(7, i)));
  }
});

Deno.test("mutate() gives canonical programs that differ from the original", () => {
  const original = canonicalForm(PROGRAM, "js");
  for (let i = 0; i < 60; i++) {
    const mutant = mutate(PROGRAM, rngStream(3, i))!;
    assert.notEqual(mutant.code, original);
    assert.equal(canonicalForm(mutant.code, "js"), mutant.code);
    assert.ok(mutant.operator === MULTI_EDIT || mutant.operator in MUTATION_OPERATORS);
  }
});

Deno.test("mutate() gives undefined for a program with nothing to change", () => {
  assert.equal(mutate("function f(a) {}", rngStream(1)), undefined);
});

Deno.test("mutate() throws SyntaxError for a program that does not parse", () => {
  assert.throws(() => mutate("function f( {", rngStream(1)), SyntaxError);
});

Deno.test("listMutations() keeps the entry's name and parameters", () => {
  for (const mutant of listMutations(PROGRAM)) {
    assert.ok(mutant.code.startsWith("function pick(xs, k) {"), mutant.code);
  }
});

Deno.test("listMutations() uses nearly every operator on a program with all constructs", () => {
  const used = new Set(listMutations(PROGRAM).map((mutant) => mutant.operator));
  assert.ok(used.size >= 24, `operators used: ${[...used]}`);
});

const CASES: readonly [operator: string, code: string, mutants: string[]][] = [
  ["swapped-operands", "function f(a,b){return a-b;}", ["b-a"]],
  ["dropped-term", "function f(a,b){return a-b;}", ["a", "b"]],
  ["arithmetic-swap", "function f(a,b,c){return (a-b)*c;}", [
    "a-b+c",
    "(a-b)/c",
    "(a-b)**c",
    "(a+b)*c",
  ]],
];

for (const [operator, code, results] of CASES) {
  Deno.test(`listMutations() makes ${operator} mutants: ${results}`, () => {
    const found = mutantsBy(operator, code).map((text) => /return(.*);}$/.exec(text)![1]);
    assert.deepEqual(found.sort(), results.sort());
  });
}

Deno.test("listMutations() drops a guard, but never runs its return unguarded", () => {
  const mutants = mutantsBy(
    "dropped-guard",
    "function f(a){if(a<0)return 0;if(a>9){a=9;}return a;}",
  );
  assert.deepEqual(mutants, [
    "functionf(a){if(a>9){a=9;}returna;}",
    "functionf(a){if(a<0)return0;returna;}",
    "functionf(a){if(a<0)return0;a=9;returna;}",
  ]);
});

Deno.test("listMutations() puts a return into the loop before it", () => {
  const mutants = mutantsBy(
    "early-return",
    "function f(a){let s=0;for(const x of a){s+=x;}return s;}",
  );
  assert.deepEqual(mutants, ["functionf(a){lets=0;for(constxofa){s+=x;returns;}returns;}"]);
});
