/**
 * Neighbours in an array: rises, runs, differences.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { join } from "../expressions.ts";

const over = (body: string): string => `for (let i = 1; i < xs.length; i++) { ${body} }`;

const ORDER = [
  [">", "above"],
  ["<", "below"],
  [">=", "at least"],
  ["<=", "at most"],
  ["===", "equal to"],
  ["!==", "not"],
] as const;

function test(d: Draw): { code: string; text: string } {
  if (chance(d, 0.6)) {
    const [sign, word] = d.rng.pick(ORDER);
    return { code: `xs[i] ${sign} xs[i - 1]`, text: `x is ${word} the one before` };
  }
  const c = between(d, 1, 6);
  return weighted(d, [
    [2, { code: `xs[i] - xs[i - 1] > ${c}`, text: `x is over ${c} above the one before` }],
    [2, {
      code: `Math.abs(xs[i] - xs[i - 1]) <= ${c}`,
      text: `x is within ${c} of the one before`,
    }],
    [1, { code: `xs[i] === xs[i - 1] + ${c}`, text: `x is ${c} more than the one before` }],
  ]);
}

function counting(d: Draw): Draft {
  const by = test(d);
  const [add, words] = weighted(d, [[3, ["r++;", "count"]], [2, ["r += xs[i];", "sum"]]]);
  return {
    body: `let r = 0; ${over(`if (${by.code}) ${add}`)}`,
    value: "r",
    returns: "number",
    text: `${words} the numbers of xs where ${by.text}`,
  };
}

function listing(d: Draw): Draft {
  const both = join(d);
  const value = both.code("xs[i]", "xs[i - 1]");
  const by = test(d);
  return weighted<() => Draft>(d, [
    [2, () => ({
      body: `const r = []; ${over(`r.push(${value});`)}`,
      value: "r",
      returns: "numbers",
      text: `list the ${both.text} of each number of xs and the one before`,
    })],
    [2, () => ({
      body: `const r = []; ${over(`if (${by.code}) r.push(xs[i]);`)}`,
      value: "r",
      returns: "numbers",
      text: `list the numbers of xs where ${by.text}`,
    })],
    [1, () => ({
      body: `const r = [xs[0]]; ${over(`if (${by.code}) r.push(xs[i]);`)}`,
      value: "r",
      returns: "numbers",
      text: `list the first number of xs and those where ${by.text}`,
    })],
  ])();
}

function every(d: Draw): Draft {
  const by = test(d);
  return {
    body: over(`if (!(${by.code})) return false;`),
    value: "true",
    returns: "other",
    text: `say whether in xs each time ${by.text}`,
    closed: true,
  };
}

function longest(d: Draw): Draft {
  const by = test(d);
  const form = weighted(d, [
    [2, `if (${by.code}) a++; else a = 1; r = Math.max(r, a);`],
    [1, `a = ${by.code} ? a + 1 : 1; if (a > r) r = a;`],
  ]);
  return {
    body: `let r = 1; let a = 1; ${over(form)}`,
    value: "r",
    returns: "number",
    text: `find the longest run in xs where ${by.text}`,
  };
}

function extreme(d: Draw): Draft {
  const both = join(d);
  const value = both.code("xs[i]", "xs[i - 1]");
  const [start, pick, word] = weighted(d, [
    [2, ["0", "max", "largest"]],
    [1, ["100", "min", "smallest"]],
  ]);
  return {
    body: `let r = ${start}; ${over(`r = Math.${pick}(r, ${value});`)}`,
    value: "r",
    returns: "number",
    text: `find the ${word} ${both.text} of neighbours in xs, starting from ${start}`,
  };
}

function peaks(d: Draw): Draft {
  const [a, b, word] = d.rng.pick([[">", ">", "above"], ["<", "<", "below"], [
    ">=",
    ">=",
    "at least",
  ]]);
  const [start, add, end, what] = weighted(d, [
    [2, ["0", "r++;", "number", "count"] as const],
    [1, ["[]", "r.push(xs[i]);", "numbers", "list"] as const],
  ]);
  return {
    body:
      `let r = ${start}; for (let i = 1; i < xs.length - 1; i++) { if (xs[i] ${a} xs[i - 1] && xs[i] ${b} xs[i + 1]) ${add} }`,
    value: "r",
    returns: end,
    text: `${what} the numbers of xs that are ${word} both neighbours`,
  };
}

function previous(d: Draw): Draft {
  const by = condition(d);
  const add = weighted(d, [[2, ["r++;", "count"]], [2, ["r += xs[i];", "sum"]]]);
  return {
    body: `let r = 0; ${over(`if (${by.code("xs[i - 1]")}) ${add[0]}`)}`,
    value: "r",
    returns: "number",
    text: `${add[1]} the numbers of xs after one that is ${by.text}`,
  };
}

/** Draws a program about neighbours in an array. */
export function adjacent(d: Draw): Draft {
  param(d, "xs", "ints");
  const rules = [
    [4, counting],
    [3, listing],
    [1, every],
    [2, longest],
    [1.5, extreme],
    [1, peaks],
    [1.5, previous],
  ] as const;
  return weighted(d, rules)(d);
}
