/**
 * Sorting as a step: order statistics, ranked parts, orders by a key.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";

function ordered(d: Draw): { code: string; text: string } {
  const m = between(d, 3, 5);
  return weighted(d, [
    [4, { code: "xs.slice().sort((a, b) => a - b)", text: "sorted upwards" }],
    [3, { code: "xs.slice().sort((a, b) => b - a)", text: "sorted downwards" }],
    [1, {
      code: "xs.slice().sort((a, b) => Math.abs(a) - Math.abs(b))",
      text: "sorted by absolute value",
    }],
    [1, {
      code: `xs.slice().sort((a, b) => a % ${m} - b % ${m})`,
      text: `sorted by rest mod ${m}`,
    }],
    [1, { code: "[...new Set(xs)].sort((a, b) => a - b)", text: "without repeats sorted upwards" }],
  ]);
}

function part(d: Draw): { code: string; text: string; returns: "number" | "numbers" | "other" } {
  const c = between(d, 1, 3);
  return weighted(d, [
    [2, { code: `a[${c}]`, text: `return the number at position ${c}`, returns: "other" as const }],
    [2, {
      code: `a.slice(0, ${c + 1})`,
      text: `return the first ${c + 1}`,
      returns: "numbers" as const,
    }],
    [2, { code: `a.slice(${c})`, text: `leave out the first ${c}`, returns: "numbers" as const }],
    [1, {
      code: `a.slice(0, -${c})`,
      text: `leave out the last ${c}`,
      returns: "numbers" as const,
    }],
    [1, {
      code: "a[Math.floor(a.length / 2)]",
      text: "return the one in the middle",
      returns: "other" as const,
    }],
    [1, {
      code: "a[a.length - 1] - a[0]",
      text: "return last minus first",
      returns: "other" as const,
    }],
    [1, { code: "a", text: "return all", returns: "numbers" as const }],
  ]);
}

function picking(d: Draw): Draft {
  const [order, piece] = [ordered(d), part(d)];
  const by = chance(d, 0.35) ? condition(d) : undefined;
  const list = by === undefined ? "" : `xs = xs.filter(x => ${by.code("x")}); `;
  const where = by === undefined ? "" : ` where x is ${by.text}`;
  return {
    body: `${list}const a = ${order.code};`,
    value: piece.code,
    returns: piece.returns,
    text: `from the numbers of xs${where} ${order.text} ${piece.text}`,
  };
}

function topSum(d: Draw): Draft {
  const order = ordered(d);
  const c = between(d, 2, 3);
  const term = maybeTransform(d, 0.4);
  return {
    body: `const a = ${order.code}; let r = 0; for (const x of a.slice(0, ${c})) { r += ${
      term.code("x")
    }; }`,
    value: "r",
    returns: "number",
    text: `sum the ${term.text} of the first ${c} of xs ${order.text}`,
  };
}

function alternating(d: Draw): Draft {
  const order = ordered(d);
  const by = weighted(d, [[2, ["i % 2 === 0", "even"]], [1, ["i % 2 === 1", "odd"]]]);
  return {
    body: `const a = ${order.code}; let r = 0; for (let i = 0; i < a.length; i++) { if (${
      by[0]
    }) r += a[i]; else r -= a[i]; }`,
    value: "r",
    returns: "number",
    text: `add the numbers of xs ${order.text} at ${by[1]} positions and subtract the others`,
  };
}

function insertion(d: Draw): Draft {
  const [sign, word] = d.rng.pick([["<", "upwards"], [">", "downwards"]]);
  return {
    body:
      `const r = []; for (const x of xs) { let i = 0; while (i < r.length && r[i] ${sign} x) i++; r.splice(i, 0, x); }`,
    value: "r",
    returns: "numbers",
    text: `sort xs ${word} by inserting each number in its place`,
  };
}

function spread(d: Draw): Draft {
  const order = ordered(d);
  const by = weighted(d, [[2, ["Math.min", "smallest", "100"]], [2, ["Math.max", "largest", "0"]]]);
  return {
    body: `const a = ${order.code}; let r = ${by[2]}; for (let i = 1; i < a.length; i++) { r = ${
      by[0]
    }(r, a[i] - a[i - 1]); }`,
    value: "r",
    returns: "number",
    text: `find the ${by[1]} step in xs ${order.text}, starting from ${by[2]}`,
  };
}

function letters(d: Draw): Draft {
  param(d, "s", "word");
  const back = chance(d, 0.4);
  return {
    body: "",
    value: `[...s].sort()${back ? ".reverse()" : ""}.join("")`,
    returns: "string",
    text: `sort the characters of s${back ? " backwards" : ""}`,
  };
}

/** Draws a program that sorts. */
export function sorting(d: Draw): Draft {
  if (chance(d, 0.05)) return letters(d);
  param(d, "xs", "ints");
  const rules = [[5, picking], [2, topSum], [1, alternating], [0.5, insertion], [
    1,
    spread,
  ]] as const;
  return weighted(d, rules)(d);
}
