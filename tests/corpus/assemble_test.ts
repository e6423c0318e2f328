import assert from "node:assert/strict";
import { drawProgram, FAMILIES, type Program, splitOf } from "../../src/corpus/mod.ts";
import { canonicalForm, skeletonOf } from "../../src/tasks/mod.ts";

function draw(seed: number, count: number): Program[] {
  const programs: Program[] = [];
  for (let i = 0; i < count; i++) programs.push(...[drawProgram(seed, i) ?? []].flat());
  return programs;
}

const PROGRAMS = draw(3, 4000);

/** Numbers in the code that stand for something the statement must name. */
function constants(code: string): string[] {
  const bare = code.replace(/"[^"]*"/g, "");
  return [...bare.matchAll(/(?<![\w.])\d+/g)].map((match) => match[0]).filter((n) => Number(n) > 2);
}

Deno.test("drawProgram() is a function of seed and index", () => {
  assert.deepEqual(draw(3, 300), draw(3, 300));
  assert.notDeepEqual(draw(4, 300), draw(3, 300));
});

Deno.test("drawProgram() draws canonical programs with the entry f", () => {
  for (const { code } of PROGRAMS) {
    assert.equal(canonicalForm(code), code);
    assert.match(code, /^(function g\([^]*)?function f\(/);
  }
});

Deno.test("drawProgram() names every constant in the statement", () => {
  for (const { code, problem, family } of PROGRAMS) {
    const idiom = family === "digits" || family === "parsing" ? ["10"] : [];
    const silent = constants(code).filter((n) => !problem.includes(n) && !idiom.includes(n));
    assert.deepEqual(silent, [], `${problem}\n${code}`);
  }
});

Deno.test("drawProgram() uses every parameter and every helper", () => {
  for (const { code, params } of PROGRAMS) {
    const body = code.slice(code.indexOf("{", code.indexOf("function f(")));
    for (const { name } of params) assert.match(body, new RegExp(`\\b${name}\\b`), code);
    if (code.startsWith("function g(")) assert.match(body, /\bg\(/, code);
  }
});

Deno.test("drawProgram() keeps programs and statements short", () => {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  assert(mean(PROGRAMS.map((p) => p.code.length)) < 180);
  assert(mean(PROGRAMS.map((p) => p.problem.length)) < 90);
  assert(PROGRAMS.every((p) => p.code.length <= 290 && p.problem.length <= 130));
  assert(PROGRAMS.every((p) => /^[A-Z0-9-].*\.$/.test(p.problem)));
});

Deno.test("drawProgram() gives thousands of skeletons over all families", () => {
  const skeletons = new Set(PROGRAMS.map((p) => p.skeleton));
  assert(skeletons.size > 2000, `${skeletons.size}`);
  assert.equal(new Set(PROGRAMS.map((p) => p.family)).size, FAMILIES.length);
  assert(FAMILIES.length >= 16);
  assert.equal(FAMILIES.filter((f) => f.heldOut).length, 3);
});

Deno.test("splitOf() keeps programs of one skeleton together and held-out families apart", () => {
  const splits = new Map<string, string>();
  for (const program of PROGRAMS.filter((p) => !p.heldOut)) {
    const skeleton = skeletonOf(program.code);
    const split = splitOf(program);
    assert.equal(splits.get(skeleton) ?? split, split);
    splits.set(skeleton, split);
  }
  const shares = [...splits.values()].filter((split) => split === "test").length / splits.size;
  assert(shares > 0.05 && shares < 0.11, `${shares}`);
  for (const program of PROGRAMS.filter((p) => p.heldOut)) {
    assert.equal(splitOf(program), "heldout-family");
  }
});
