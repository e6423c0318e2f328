/**
 * One number from an array: sums, products, counts, largest and smallest.
 *
 * @module
 */
import { condition, maybeHelper, positionCondition } from "../conditions.ts";
import { chance, type Draft, type Draw, param, type Rule, weighted } from "../draft.ts";
import { maybeTransform, transform } from "../expressions.ts";
import { overItems } from "../loops.ts";

interface Fold {
  start: string;
  step: (term: string) => string;
  text: string;
}

const FOLDS: readonly (readonly [number, Fold])[] = [
  [6, { start: "0", step: (t) => `r += ${t};`, text: "sum the" }],
  [3, { start: "1", step: (t) => `r *= ${t};`, text: "multiply the" }],
  [3, {
    start: "-Infinity",
    step: (t) => `r = Math.max(r, ${t});`,
    text: "find the largest of the",
  }],
  [3, {
    start: "Infinity",
    step: (t) => `r = Math.min(r, ${t});`,
    text: "find the smallest of the",
  }],
  [1, { start: "100", step: (t) => `r -= ${t};`, text: "take from 100 the" }],
];

function loopFold(d: Draw): Draft {
  const fold = weighted(d, FOLDS);
  const term = maybeTransform(d, 0.45);
  const by: Rule | undefined = chance(d, 0.75) ? maybeHelper(d, condition(d), "x") : undefined;
  const skip = by !== undefined && d.level > 1 && chance(d, 0.15);
  const body = (x: string): string => {
    if (by === undefined) return fold.step(term.code(x));
    if (skip) return `if (!(${by.code(x)})) continue; ${fold.step(term.code(x))}`;
    return `if (${by.code(x)}) ${fold.step(term.code(x))}`;
  };
  const loop = overItems(d, "xs", body, { unordered: true });
  const where = by === undefined ? "" : ` where x is ${by.text}`;
  return {
    body: `let r = ${fold.start}; ${loop}`,
    value: "r",
    returns: "number",
    text: `${fold.text} ${term.text} of xs${where}`,
  };
}

function positionFold(d: Draw): Draft {
  const at = positionCondition(d);
  const term = maybeTransform(d, 0.4);
  const fold = weighted(d, FOLDS.slice(0, 2));
  const weigh = chance(d, 0.3);
  const loop = overItems(
    d,
    "xs",
    (x, i) => weigh ? fold.step(`${x} * ${i}`) : `if (${at.code(i)}) ${fold.step(term.code(x))}`,
    { indexed: true },
  );
  return {
    body: `let r = ${fold.start}; ${loop}`,
    value: "r",
    returns: "number",
    text: weigh
      ? `${fold.text} numbers times their position in xs`
      : `${fold.text} ${term.text} of xs at ${at.text}`,
  };
}

function methodFold(d: Draw): Draft {
  const by = maybeHelper(d, condition(d), "x");
  const term = transform(d);
  const [kept, where] = chance(d, 0.6)
    ? [`xs.filter(x => ${by.code("x")})`, ` where x is ${by.text}`]
    : ["xs", ""];
  return weighted<() => Draft>(d, [
    [3, () => ({
      body: "",
      value: `${kept}.reduce((a, x) => a + ${term.code("x")}, 0)`,
      returns: "number",
      text: `sum the ${term.text} of xs${where}`,
    })],
    [2, () => ({
      body: "",
      value: `xs.filter(x => ${by.code("x")}).length`,
      returns: "number",
      text: `count the numbers of xs where x is ${by.text}`,
    })],
    [1, () => ({
      body: "",
      value: `xs.some(x => ${by.code("x")})`,
      returns: "boolean",
      text: `say whether some x in xs is ${by.text}`,
    })],
    [1, () => ({
      body: "",
      value: `xs.every(x => ${by.code("x")})`,
      returns: "boolean",
      text: `say whether every x in xs is ${by.text}`,
    })],
  ])();
}

function count(d: Draw): Draft {
  const by = maybeHelper(d, condition(d), "x");
  const loop = overItems(d, "xs", (x) => `if (${by.code(x)}) r++;`, { unordered: true });
  return {
    body: `let r = 0; ${loop}`,
    value: "r",
    returns: "number",
    text: `count the numbers of xs where x is ${by.text}`,
  };
}

function balance(d: Draw): Draft {
  const by = condition(d);
  const [gain, loss] = [maybeTransform(d, 0.3), maybeTransform(d, 0.3)];
  const loop = overItems(
    d,
    "xs",
    (x) => `if (${by.code(x)}) r += ${gain.code(x)}; else r -= ${loss.code(x)};`,
    { unordered: true },
  );
  return {
    body: `let r = 0; ${loop}`,
    value: "r",
    returns: "number",
    text:
      `add the ${gain.text} of xs where x is ${by.text} and subtract the ${loss.text} elsewhere`,
  };
}

/** Draws a program that folds an array into one value. */
export function fold(d: Draw): Draft {
  param(d, "xs", "ints");
  return weighted(d, [[6, loopFold], [2, count], [2, methodFold], [1.5, positionFold], [
    1.5,
    balance,
  ]])(d);
}
