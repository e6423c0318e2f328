/**
 * Recursion on arrays: head and rest, and arrays within arrays.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";

function headAndRest(d: Draw): Draft {
  param(d, "xs", "ints");
  const by = chance(d, 0.6) ? condition(d) : undefined;
  const term = maybeTransform(d, 0.4);
  const rule = weighted(d, [
    [3, { base: "0", add: (t: string) => `${t} + f(xs.slice(1))`, words: "sum the" }],
    [1, { base: "1", add: (t: string) => `${t} * f(xs.slice(1))`, words: "multiply the" }],
    [2, { base: "[]", add: (t: string) => `[${t}, ...f(xs.slice(1))]`, words: "list the" }],
    [1, {
      base: "[]",
      add: (t: string) => `[...f(xs.slice(1)), ${t}]`,
      words: "list in reverse the",
    }],
  ]);
  const skip = by === undefined ? "" : ` if (!(${by.code("xs[0]")})) return f(xs.slice(1));`;
  const where = by === undefined ? "" : ` where x is ${by.text}`;
  return {
    body: `if (xs.length === 0) return ${rule.base};${skip}`,
    value: rule.add(term.code("xs[0]")),
    returns: "other",
    text: `with recursion ${rule.words} ${term.text} of xs${where}`,
    closed: true,
    recursive: true,
  };
}

function deepFold(d: Draw): Draft {
  param(d, "xs", "nested");
  const by = chance(d, 0.5) ? condition(d) : undefined;
  const term = maybeTransform(d, 0.35);
  const rule = weighted(d, [
    [3, { start: "0", add: (t: string) => `r += ${t};`, words: "sum the", own: true }],
    [1, { start: "1", add: (t: string) => `r *= ${t};`, words: "multiply the", own: true }],
    [2, { start: "0", add: (t: string) => `r += ${t};`, words: "count the", own: false }],
  ]);
  const own = rule.own ? term.code("x") : "1";
  const test = by === undefined ? "else" : `else if (${by.code("x")})`;
  const where = by === undefined ? "" : ` where x is ${by.text}`;
  const inner = `if (Array.isArray(x)) ${rule.add("f(x)")} ${test} ${rule.add(own)}`;
  return {
    body: `let r = ${rule.start}; for (const x of xs) { ${inner} }`,
    value: "r",
    returns: "other",
    text: `${rule.words} ${rule.own ? term.text : "numbers"} at any depth of xs${where}`,
    recursive: true,
  };
}

function deepList(d: Draw): Draft {
  param(d, "xs", "nested");
  const by = chance(d, 0.5) ? condition(d) : undefined;
  const term = maybeTransform(d, 0.4);
  const flat = chance(d, 0.7);
  const test = by === undefined ? "else" : `else if (${by.code("x")})`;
  const where = by === undefined ? "" : ` where x is ${by.text}`;
  const inner = `if (Array.isArray(x)) r.push(${flat ? "...f(x)" : "f(x)"}); ${test} r.push(${
    term.code("x")
  });`;
  return {
    body: `const r = []; for (const x of xs) { ${inner} }`,
    value: "r",
    returns: "other",
    text: `list ${flat ? "flat" : "keeping depth"} the ${term.text} of nested xs${where}`,
    recursive: true,
  };
}

function depth(d: Draw): Draft {
  param(d, "xs", "nested");
  const [start, gain] = weighted(d, [[3, ["1", "1"]], [1, ["0", "1"]], [1, ["0", "2"]]]);
  return {
    body:
      `let r = ${start}; for (const x of xs) { if (Array.isArray(x)) r = Math.max(r, f(x) + ${gain}); }`,
    value: "r",
    returns: "other",
    text: `find how deep xs is nested, a flat array being ${start}, each level ${gain}`,
    recursive: true,
  };
}

/** Draws a recursive function of an array. */
export function nested(d: Draw): Draft {
  return weighted(d, [[3, headAndRest], [3, deepFold], [2, deepList], [0.5, depth]])(d);
}
