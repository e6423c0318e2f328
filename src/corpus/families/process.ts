/**
 * Processes: a number that changes in a while loop, a balance that follows a list of moves.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";

function shrinking(d: Draw): Draft {
  param(d, "n", "digits");
  const by = condition(d);
  const [a, b, limit] = [between(d, 2, 4), between(d, 1, 6), between(d, 0, 6)];
  const one = weighted(d, [
    [3, { code: `n = Math.floor(n / ${a});`, text: `divide n by ${a} rounding down` }],
    [2, { code: `n -= ${a};`, text: `take ${a} from n` }],
  ]);
  const two = { code: `n -= ${b};`, text: `take ${b} from n` };
  const count = chance(d, 0.6);
  const inner = `if (${by.code("n")}) ${one.code} else ${two.code} ${count ? "r++;" : "r += n;"}`;
  return {
    body: `let r = 0; while (n > ${limit}) { ${inner} }`,
    value: "r",
    returns: "number",
    text: `while n is above ${limit}, if n is ${by.text} ${one.text} else ${two.text}; ${
      count ? "count the rounds" : "sum n over the rounds"
    }`,
  };
}

function growing(d: Draw): Draft {
  param(d, "n", "nat");
  const [start, f, c] = [between(d, 1, 3), between(d, 2, 3), between(d, 0, 4)];
  const target = weighted(d, [[2, "n"], [2, "n * n"]]);
  const [add, words] = c === 0 ? ["", ""] : [` + ${c}`, ` plus ${c}`];
  const count = chance(d, 0.6);
  return {
    body: `let a = ${start}; let r = 0; while (a < ${target}) { a = a * ${f}${add}; r++; }`,
    value: count ? "r" : `a - ${target}`,
    returns: "number",
    text: `start a at ${start}, while below ${target} make it a times ${f}${words}, ${
      count ? "count the rounds" : `return a minus ${target}`
    }`,
  };
}

function account(d: Draw): Draft {
  param(d, "xs", "ints");
  const start = weighted(d, [[2, "0"], [1, "10"], [1, "5"]]);
  const by = condition(d);
  const c = between(d, 1, 4);
  const rule = weighted(d, [
    [2, { code: `if (r < 0) r = 0;`, text: "never below 0" }],
    [2, { code: `if (r > 20) r = 20;`, text: "never above 20" }],
    [2, { code: `if (${by.code("x")}) r -= ${c};`, text: `less ${c} where x is ${by.text}` }],
    [2, {
      code: `if (${by.code("r")}) r -= ${c};`,
      text: `less ${c} when the balance is ${by.text}`,
    }],
    [1, { code: `if (r < 0) return -1;`, text: "-1 once it is below 0" }],
  ]);
  return {
    body: `let r = ${start}; for (const x of xs) { r += x; ${rule.code} }`,
    value: "r",
    returns: rule.code.includes("return") ? "other" : "number",
    text: `start at ${start} and add each x of xs, ${rule.text}`,
    closed: rule.code.includes("return"),
  };
}

function walk(d: Draw): Draft {
  param(d, "s", "moves");
  const [a, b] = [between(d, 1, 3), between(d, 1, 3)];
  const edge = between(d, 3, 5);
  const rule = weighted(d, [
    [3, { code: "", text: "" }],
    [2, { code: `r = Math.max(r, 0);`, text: ", never below 0" }],
    [1, { code: `if (r > ${edge}) r = 0;`, text: `, back to 0 when above ${edge}` }],
    [1, {
      code: `if (r === ${edge}) return i;`,
      text: `; return the position where it is ${edge}`,
    }],
  ]);
  const early = rule.code.includes("return");
  const head = early ? "for (let i = 0; i < s.length; i++)" : "for (const c of s)";
  const c = early ? "s[i]" : "c";
  return {
    body:
      `let r = 0; ${head} { if (${c} === "u") r += ${a}; else if (${c} === "d") r -= ${b}; ${rule.code} }`,
    value: early ? "-1" : "r",
    returns: early ? "other" : "number",
    text: `from 0 go up ${a} for u and down ${b} for d in s${rule.text}${early ? ", or -1" : ""}`,
    closed: early,
  };
}

function switching(d: Draw): Draft {
  param(d, "xs", "ints");
  const by = condition(d);
  const start = chance(d, 0.5);
  const form = weighted(d, [
    [2, { code: "if (a) r += x;", text: "sum the numbers" }],
    [1, { code: "if (a) r++;", text: "count the numbers" }],
    [1, { code: "r += a ? x : -x;", text: "add or, when off, subtract the numbers" }],
  ]);
  return {
    body: `let r = 0; let a = ${start}; for (const x of xs) { if (${
      by.code("x")
    }) a = !a; ${form.code} }`,
    value: "r",
    returns: "number",
    text: `${form.text} of xs while on; start ${
      start ? "on" : "off"
    }, switch where x is ${by.text}`,
  };
}

/** Draws a program that follows a process. */
export function process(d: Draw): Draft {
  const rules = [[3, shrinking], [2, growing], [3, account], [2, walk], [2, switching]] as const;
  return weighted(d, rules)(d);
}
