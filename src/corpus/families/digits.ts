/**
 * The decimal digits of a number.
 *
 * @module
 */
import { condition, maybeHelper } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";

const loop = (body: string): string =>
  `while (n > 0) { const x = n % 10; ${body} n = Math.floor(n / 10); }`;

/** What is done to digits in words: "numbers of the digits" are just "digits". */
const said = (text: string): string => text.replace("numbers of the digits", "digits");

function folding(d: Draw): Draft {
  const by = chance(d, 0.7) ? maybeHelper(d, condition(d), "x") : undefined;
  const term = maybeTransform(d, 0.35);
  const rule = weighted(d, [
    [4, { start: "0", code: `r += ${term.code("x")};`, text: `sum the ${term.text} of` }],
    [2, { start: "1", code: `r *= ${term.code("x")};`, text: `multiply the ${term.text} of` }],
    [3, { start: "0", code: "r++;", text: "count" }],
    [1, {
      start: "0",
      code: `r = Math.max(r, ${term.code("x")});`,
      text: `find the largest of the ${term.text} of`,
    }],
    [2, { start: "0", code: "r = r * 10 + x;", text: "turn round" }],
  ]);
  const inner = by === undefined ? rule.code : `if (${by.code("x")}) ${rule.code}`;
  const where = by === undefined ? "" : ` where x is ${by.text}`;
  return {
    body: `let r = ${rule.start}; ${loop(inner)}`,
    value: "r",
    returns: "number",
    text: said(`${rule.text} the digits of n${where}`),
  };
}

function asText(d: Draw): Draft {
  const by = maybeHelper(d, condition(d), "x");
  const term = maybeTransform(d, 0.3);
  const rule = weighted(d, [
    [3, { start: "0", code: `r += ${term.code("x")};`, text: `sum the ${term.text} of` }],
    [2, { start: "0", code: "r++;", text: "count" }],
  ]);
  return {
    body: `let r = ${rule.start}; for (const c of String(n)) { const x = Number(c); if (${
      by.code("x")
    }) ${rule.code} }`,
    value: "r",
    returns: "number",
    text: said(`${rule.text} the digits of n where x is ${by.text}`),
  };
}

function listing(d: Draw): Draft {
  const by = condition(d);
  const term = maybeTransform(d, 0.4);
  const front = chance(d, 0.5);
  const add = front ? "unshift" : "push";
  return {
    body: `const r = []; ${loop(`if (${by.code("x")}) r.${add}(${term.code("x")});`)}`,
    value: "r",
    returns: "numbers",
    text: said(
      `list the ${term.text} of the digits of n where x is ${by.text}${
        front ? "" : ", last first"
      }`,
    ),
  };
}

function repeated(d: Draw): Draft {
  const op = weighted(d, [
    [2, { code: "+", words: "sum", start: "0" }],
    [1, { code: "*", words: "product", start: "1" }],
  ]);
  return {
    body:
      `while (n > 9) { let r = ${op.start}; for (const c of String(n)) { r ${op.code}= Number(c); } n = r; }`,
    value: "n",
    returns: "number",
    text: `replace n by the ${op.words} of its digits while it is above 9`,
  };
}

function bits(d: Draw): Draft {
  const base = weighted(d, [[3, "2"], [1, "3"], [1, "4"]]);
  const rule = weighted(d, [
    [2, {
      start: `""`,
      code: `r = n % ${base} + r;`,
      text: `write n in base ${base}`,
      kind: "string" as const,
    }],
    [2, {
      start: "0",
      code: `r += n % ${base};`,
      text: `sum the digits of n in base ${base}`,
      kind: "number" as const,
    }],
    [1, {
      start: "0",
      code: `r++;`,
      text: `count the digits of n in base ${base}`,
      kind: "number" as const,
    }],
  ]);
  return {
    body: `let r = ${rule.start}; while (n > 0) { ${rule.code} n = Math.floor(n / ${base}); }`,
    value: "r",
    returns: rule.kind,
    text: rule.text,
  };
}

/** Draws a program about the digits of a number. */
export function digits(d: Draw): Draft {
  param(d, "n", "digits");
  return weighted(d, [[5, folding], [2, asText], [2, listing], [0.5, repeated], [1, bits]])(d);
}
