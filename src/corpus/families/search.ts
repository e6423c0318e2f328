/**
 * First and last matches in an array: their position or value, or a default.
 *
 * @module
 */
import { condition, maybeHelper } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";
import { overItems } from "../loops.ts";

function firstMatch(d: Draw): Draft {
  const by = maybeHelper(d, condition(d), "x");
  const none = weighted(d, [[5, "-1"], [2, "0"], [1, "null"]]);
  const wantsIndex = chance(d, 0.45);
  const term = maybeTransform(d, 0.3);
  const what = wantsIndex
    ? "position"
    : term.text === "numbers"
    ? "number"
    : `one of the ${term.text}`;
  const body = overItems(
    d,
    "xs",
    (x, i) => `if (${by.code(x)}) return ${wantsIndex ? i : term.code(x)};`,
    { indexed: wantsIndex },
  );
  const text = `return the first ${what} of xs where x is ${by.text}, or ${none}`;
  return { body, value: none, returns: "other", text, closed: true };
}

function lastMatch(d: Draw): Draft {
  const by = maybeHelper(d, condition(d), "x");
  const none = weighted(d, [[4, "-1"], [2, "0"]]);
  const wantsIndex = chance(d, 0.5);
  const what = wantsIndex ? "position" : "number";
  const text = `return the last ${what} of xs where x is ${by.text}, or ${none}`;
  const found = (x: string, i: string): string => wantsIndex ? i : x;
  if (chance(d, 0.5)) {
    const loop = `for (let i = xs.length - 1; i >= 0; i--) { if (${by.code("xs[i]")}) return ${
      found("xs[i]", "i")
    }; }`;
    return { body: loop, value: none, returns: "other", text, closed: true };
  }
  const loop = overItems(d, "xs", (x, i) => `if (${by.code(x)}) r = ${found(x, i)};`, {
    indexed: wantsIndex,
  });
  return { body: `let r = ${none}; ${loop}`, value: "r", returns: "number", text };
}

function nthMatch(d: Draw): Draft {
  const by = condition(d);
  const nth = weighted(d, [[2, "2"], [1, "3"]]);
  const loop = overItems(
    d,
    "xs",
    (x) => `if (${by.code(x)}) c++; if (c === ${nth}) return ${x};`,
  );
  return {
    body: `let c = 0; ${loop}`,
    value: "-1",
    returns: "other",
    text: `return the number of xs at which ${nth} numbers were ${by.text}, or -1`,
    closed: true,
  };
}

function bestPosition(d: Draw): Draft {
  const [sign, words] = weighted(d, [
    [3, [">", "first position of the largest"]],
    [3, ["<", "first position of the smallest"]],
    [1, [">=", "last position of the largest"]],
    [1, ["<=", "last position of the smallest"]],
  ]);
  const value = maybeTransform(d, 0.35);
  const test = `${value.code("xs[i]")} ${sign} ${value.code("xs[r]")}`;
  const what = value.text === "numbers" ? "number" : `of the ${value.text}`;
  return {
    body: `let r = 0; for (let i = 1; i < xs.length; i++) { if (${test}) r = i; }`,
    value: "r",
    returns: "number",
    text: `find the ${words} ${what} in xs`,
  };
}

function untilStop(d: Draw): Draft {
  const by = condition(d);
  const term = maybeTransform(d, 0.3);
  const loop = overItems(d, "xs", (x) => `if (${by.code(x)}) break; r += ${term.code(x)};`);
  return {
    body: `let r = 0; ${loop}`,
    value: "r",
    returns: "number",
    text: `sum the ${term.text} of xs until some x is ${by.text}`,
  };
}

function budget(d: Draw): Draft {
  param(d, "n", "nat");
  const strict = chance(d, 0.5);
  const loop = overItems(
    d,
    "xs",
    (x) => `a += ${x}; if (a ${strict ? ">" : ">="} n) return r; r++;`,
  );
  return {
    body: `let a = 0; let r = 0; ${loop}`,
    value: "r",
    returns: "other",
    text: `count the numbers of xs before their sum ${strict ? "is above" : "reaches"} n`,
    closed: true,
  };
}

/** Draws a program that searches an array. */
export function search(d: Draw): Draft {
  param(d, "xs", "ints");
  const rules = [
    [4, firstMatch],
    [3, lastMatch],
    [1, nthMatch],
    [2, bestPosition],
    [2, untilStop],
    [1, budget],
  ] as const;
  return weighted(d, rules)(d);
}
