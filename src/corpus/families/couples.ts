/**
 * Two nested loops: couples of elements, tables.
 *
 * @module
 */
import { comparison, condition } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { join } from "../expressions.ts";

const couplesOf = (list: string, body: string): string =>
  `for (let i = 0; i < ${list}.length; i++) { for (let j = i + 1; j < ${list}.length; j++) { ${body} } }`;

function couples(d: Draw): Draft {
  param(d, "xs", "ints");
  const both = join(d);
  const value = both.code("xs[i]", "xs[j]");
  const by = chance(d, 0.5) ? comparison(d, 0, 12) : condition(d);
  const test = by.code(`(${value})`);
  return weighted<() => Draft>(d, [
    [4, () => ({
      body: `let r = 0; ${couplesOf("xs", `if (${test}) r++;`)}`,
      value: "r",
      returns: "number",
      text: `count the pairs in xs whose ${both.text} is ${by.text}`,
    })],
    [2, () => ({
      body: `let r = 0; ${couplesOf("xs", `r = Math.max(r, ${value});`)}`,
      value: "r",
      returns: "number",
      text: `find the largest ${both.text} of a pair in xs, at least 0`,
    })],
    [2, () => ({
      body: couplesOf("xs", `if (${test}) return true;`),
      value: "false",
      returns: "other",
      text: `say whether some pair in xs has a ${both.text} ${by.text}`,
      closed: true,
    })],
    [2, () => ({
      body: couplesOf("xs", `if (${test}) return [i, j];`),
      value: "[]",
      returns: "other",
      text: `return the positions of the first pair in xs whose ${both.text} is ${by.text}, or []`,
      closed: true,
    })],
  ])();
}

function ordered(d: Draw): Draft {
  param(d, "xs", "ints");
  const [sign, words] = d.rng.pick([[">", "above"], ["<", "below"], ["===", "equal to"], [
    ">=",
    "at least",
  ]]);
  return {
    body: `let r = 0; ${couplesOf("xs", `if (xs[i] ${sign} xs[j]) r++;`)}`,
    value: "r",
    returns: "number",
    text: `count the pairs in xs whose first is ${words} the second`,
  };
}

function ranks(d: Draw): Draft {
  param(d, "xs", "ints");
  const [sign, words] = d.rng.pick([["<", "below"], [">", "above"], ["===", "equal to"], [
    "<=",
    "at most",
  ]]);
  return {
    body:
      `const r = []; for (const x of xs) { let c = 0; for (const y of xs) { if (y ${sign} x) c++; } r.push(c); }`,
    value: "r",
    returns: "numbers",
    text: `list for each x of xs how many numbers are ${words} x`,
  };
}

function table(d: Draw): Draft {
  param(d, "n", "nat");
  const both = join(d);
  const by = condition(d);
  const triangle = chance(d, 0.5);
  const heads = `for (let i = 1; i <= n; i++) { for (let j = ${
    triangle ? "i" : "1"
  }; j <= n; j++) {`;
  const value = both.code("i", "j");
  const range = triangle ? "1 <= i <= j <= n" : "i and j from 1 to n";
  return weighted<() => Draft>(d, [
    [2, () => ({
      body: `let r = 0; ${heads} if (${by.code(`(${value})`)}) r++; } }`,
      value: "r",
      returns: "number",
      text: `count ${range} whose ${both.text} is ${by.text}`,
    })],
    [1, () => ({
      body: `let r = 0; ${heads} r += ${value}; } }`,
      value: "r",
      returns: "number",
      text: `add up the ${both.text} for ${range}`,
    })],
  ])();
}

function drawing(d: Draw): Draft {
  param(d, "n", "nat");
  const [a, b] = d.rng.pick([["*", "."], ["x", "-"], ["#", "o"]]);
  const by = weighted(d, [
    [2, { code: "i === j", text: "where row equals column" }],
    [2, { code: "j <= i", text: "up to the row's number" }],
    [1, { code: "(i + j) % 2 === 0", text: "where row plus column is even" }],
    [1, { code: "i + j === n - 1", text: "where row plus column is n minus 1" }],
  ]);
  return {
    body:
      `const r = []; for (let i = 0; i < n; i++) { let s = ""; for (let j = 0; j < n; j++) { s += ${by.code} ? "${a}" : "${b}"; } r.push(s); }`,
    value: "r",
    returns: "other",
    text: `draw n rows of n characters, ${a} ${by.text}, else ${b}`,
  };
}

/** Draws a program with two nested loops. */
export function couplesAndTables(d: Draw): Draft {
  return weighted(d, [[5, couples], [1, ordered], [1, ranks], [2, table], [0.7, drawing]])(d);
}
