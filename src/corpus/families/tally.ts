/**
 * Objects as tables: counting, grouping, looking up, summing fields.
 *
 * @module
 */
import { comparison, condition } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";

function keyOf(d: Draw, x: string): { code: string; text: string } {
  const m = between(d, 2, 4);
  return weighted(d, [
    [4, { code: x, text: "number" }],
    [2, { code: `${x} % ${m}`, text: `number mod ${m}` }],
    [1, { code: `Math.abs(${x})`, text: "absolute value" }],
  ]);
}

function countEach(d: Draw): Draft {
  const [list, x, kind] = weighted(d, [[2, ["xs", "x", "ints"]], [2, ["s", "c", "word"]]] as const);
  param(d, list, kind);
  const key = x === "x" ? keyOf(d, "x") : { code: "c", text: "character" };
  const by = x === "x" && chance(d, 0.4) ? condition(d) : undefined;
  const add = `o[${key.code}] = (o[${key.code}] || 0) + 1;`;
  const inner = by === undefined ? add : `if (${by.code("x")}) ${add}`;
  const where = by === undefined ? "" : ` where x is ${by.text}`;
  const fill = `const o = {}; for (const ${x} of ${list}) { ${inner} }`;
  const what = `each ${key.text} of ${list}${where}`;
  const limit = comparison(d, 1, 3);
  return weighted<() => Draft>(d, [
    [3, () => ({ body: fill, value: "o", returns: "other", text: `count ${what}` })],
    [2, () => ({
      body: fill,
      value: `Object.keys(o).filter(a => ${limit.code("o[a]")}).length`,
      returns: "number",
      text: `count ${what} and return how many counts are ${limit.text}`,
    })],
    [1, () => ({
      body: fill,
      value: "Math.max(0, ...Object.values(o))",
      returns: "number",
      text: `count ${what} and return the largest count or 0`,
    })],
    [1, () => ({
      body: `${fill} let r = 0; for (const a in o) { if (${limit.code("o[a]")}) r += o[a]; }`,
      value: "r",
      returns: "number",
      text: `count ${what} and sum the counts that are ${limit.text}`,
    })],
  ])();
}

function sumEach(d: Draw): Draft {
  param(d, "xs", "ints");
  const m = between(d, 2, 4);
  const term = maybeTransform(d, 0.4);
  return {
    body: `const o = {}; for (const x of xs) { const a = x % ${m}; o[a] = (o[a] || 0) + ${
      term.code("x")
    }; }`,
    value: "o",
    returns: "other",
    text: `for each rest mod ${m} of the numbers of xs sum the ${term.text}`,
  };
}

function group(d: Draw): Draft {
  param(d, "xs", "ints");
  const by = condition(d);
  const [a, b] = d.rng.pick([["yes", "no"], ["in", "out"], ["big", "small"], ["left", "right"]]);
  return {
    body: `const o = { ${a}: [], ${b}: [] }; for (const x of xs) { o[${
      by.code("x")
    } ? "${a}" : "${b}"].push(x); }`,
    value: "o",
    returns: "other",
    text: `group the numbers of xs into ${a} where x is ${by.text}, else ${b}`,
  };
}

function fields(d: Draw): Draft {
  param(d, "o", "record");
  const by = condition(d);
  const term = maybeTransform(d, 0.3);
  return weighted<() => Draft>(d, [
    [3, () => ({
      body: `let r = 0; for (const a in o) { if (${by.code("o[a]")}) r += ${term.code("o[a]")}; }`,
      value: "r",
      returns: "number",
      text: `sum the ${term.text} in the fields of o where x is ${by.text}`,
    })],
    [2, () => ({
      body: `const r = []; for (const a in o) { if (${by.code("o[a]")}) r.push(a); }`,
      value: "r",
      returns: "other",
      text: `list the names in o whose number is ${by.text}`,
    })],
    [2, () => ({
      body: `const r = {}; for (const a in o) { if (${by.code("o[a]")}) r[a] = ${
        term.code("o[a]")
      }; }`,
      value: "r",
      returns: "other",
      text: `copy o with the ${term.text} where x is ${by.text}`,
    })],
    [1, () => ({
      body: `let r = ""; for (const a in o) { if (r === "" || o[a] > o[r]) r = a; }`,
      value: "r",
      returns: "other",
      text: `find the first name in o with the largest number`,
    })],
  ])();
}

function lookUp(d: Draw): Draft {
  param(d, "o", "record");
  param(d, "s", "word");
  const none = between(d, -1, 3);
  const term = maybeTransform(d, 0.4);
  const [join, words] = weighted(d, [[3, ["+=", "sum"]], [1, ["-=", "subtract from 0"]]]);
  return {
    body: `let r = 0; for (const c of s) { if (c in o) r ${join} ${
      term.code("o[c]")
    }; else r ${join} ${none}; }`,
    value: "r",
    returns: "number",
    text: `${words} the ${term.text} that o has for the characters of s, ${none} if none`,
  };
}

function seen(d: Draw): Draft {
  param(d, "xs", "ints");
  const key = keyOf(d, "x");
  const hit = weighted(d, [[2, ["return x;", "return the first x", "-1"]], [1, [
    "return true;",
    "say whether an x",
    "false",
  ]]]);
  return {
    body: `const o = {}; for (const x of xs) { const a = ${key.code}; if (o[a]) ${
      hit[0]
    } o[a] = true; }`,
    value: hit[2]!,
    returns: "other",
    text: `${hit[1]} of xs whose ${key.text} was there before${hit[2] === "-1" ? ", or -1" : ""}`,
    closed: true,
  };
}

/** Draws a program that uses an object as a table. */
export function tally(d: Draw): Draft {
  const rules = [
    [4, countEach],
    [1, sumEach],
    [1.5, group],
    [3, fields],
    [1, lookUp],
    [1, seen],
  ] as const;
  return weighted(d, rules)(d);
}
