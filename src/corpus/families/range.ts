/**
 * Loops over the numbers up to n: sums, divisors, primes, sequences.
 *
 * @module
 */
import { condition, maybeHelper } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";
import { overRange } from "../loops.ts";

function summing(d: Draw): Draft {
  const by = chance(d, 0.7) ? maybeHelper(d, condition(d), "x") : undefined;
  const term = maybeTransform(d, 0.4);
  const from = weighted(d, [[4, "1"], [1, "0"], [1, "2"], [1, "3"]]);
  const step = by === undefined ? weighted(d, [[2, 1], [2, 2], [1, 3]]) : 1;
  const fold = weighted(d, [
    [4, { start: "0", add: `r += ${term.code("i")};`, text: "sum the" }],
    [1, { start: "1", add: `r *= ${term.code("i")};`, text: "multiply the" }],
    [1, { start: "100", add: `r -= ${term.code("i")};`, text: "take from 100 the" }],
  ]);
  const inner = by === undefined ? fold.add : `if (${by.code("i")}) ${fold.add}`;
  const where = by === undefined ? "" : ` where i is ${by.text}`;
  const steps = step === 1 ? "" : ` in steps of ${step}`;
  return {
    body: `let r = ${fold.start}; ${overRange(d, from, "n", inner, step)}`,
    value: "r",
    returns: "number",
    text: `${fold.text} ${term.text} from ${from} to n${steps}${where}`,
  };
}

function listing(d: Draw): Draft {
  const by = maybeHelper(d, condition(d), "x");
  const term = maybeTransform(d, 0.4);
  const down = chance(d, 0.2);
  const inner = `if (${by.code("i")}) r.push(${term.code("i")});`;
  const loop = down ? `for (let i = n; i > 0; i--) { ${inner} }` : overRange(d, "1", "n", inner);
  return {
    body: `const r = []; ${loop}`,
    value: "r",
    returns: "numbers",
    text: `list the ${term.text} ${
      down ? "from n down to 1" : "from 1 to n"
    } where i is ${by.text}`,
  };
}

function fizz(d: Draw): Draft {
  const a = between(d, 2, 3);
  const b = between(d, a + 1, 5);
  const [x, y] = d.rng.pick([["fizz", "buzz"], ["a", "b"], ["tick", "tock"], ["x", "y"]]);
  return {
    body: `const r = []; ${
      overRange(
        d,
        "1",
        "n",
        `if (i % ${a} === 0) r.push("${x}"); else if (i % ${b} === 0) r.push("${y}"); else r.push(i);`,
      )
    }`,
    value: "r",
    returns: "other",
    text: `list 1 to n with ${x} where i is divisible by ${a}, else ${y} by ${b}`,
  };
}

function divisors(d: Draw): Draft {
  const by = chance(d, 0.4) ? condition(d) : undefined;
  const test = by === undefined ? "n % i === 0" : `n % i === 0 && ${by.code("i")}`;
  const where = by === undefined ? "" : ` that are ${by.text}`;
  const rule = weighted(d, [
    [2, { start: "0", add: "r++;", text: "count", returns: "number" as const }],
    [2, { start: "0", add: "r += i;", text: "sum", returns: "number" as const }],
    [2, { start: "[]", add: "r.push(i);", text: "list", returns: "numbers" as const }],
  ]);
  const proper = chance(d, 0.3);
  const from = proper ? "2" : "1";
  return {
    body: `let r = ${rule.start}; ${overRange(d, from, "n", `if (${test}) ${rule.add}`)}`,
    value: "r",
    returns: rule.returns,
    text: `${rule.text} the divisors of n from ${from}${where}`,
  };
}

function primes(d: Draw): Draft {
  d.helpers.push(
    "function g(x) { for (let j = 2; j < x; j++) { if (x % j === 0) return false; } return x > 1; }",
  );
  const by = chance(d, 0.6) ? condition(d) : undefined;
  const test = by === undefined ? "g(i)" : `g(i) && ${by.code("i")}`;
  const where = by === undefined ? "" : ` that are ${by.text}`;
  const rule = weighted(d, [
    [2, { start: "0", add: "r++;", text: "count", returns: "number" as const }],
    [2, { start: "0", add: "r += i;", text: "sum", returns: "number" as const }],
    [2, { start: "[]", add: "r.push(i);", text: "list", returns: "numbers" as const }],
  ]);
  return {
    body: `let r = ${rule.start}; ${overRange(d, "2", "n", `if (${test}) ${rule.add}`)}`,
    value: "r",
    returns: rule.returns,
    text: `${rule.text} the primes up to n${where}`,
  };
}

function sequence(d: Draw): Draft {
  const [a, b] = [between(d, 0, 2), between(d, 1, 3)];
  const [op, word] = weighted(d, [[3, ["+", "plus"]], [1, ["-", "minus"]], [1, ["*", "times"]]]);
  const c = weighted(d, [[2, 0], [1, between(d, 1, 3)]]);
  const more = c === 0 ? "" : ` + ${c}`;
  const words = c === 0 ? "" : ` plus ${c}`;
  return {
    body:
      `let a = ${a}; let b = ${b}; for (let i = 0; i < n; i++) { [a, b] = [b, a ${op} b${more}]; }`,
    value: "a",
    returns: "number",
    text:
      `start with ${a} and ${b}, n times go on with their last two: first ${word} second${words}`,
  };
}

/** Draws a program that counts up to n. */
export function range(d: Draw): Draft {
  param(d, "n", "nat");
  const rules = [
    [5, summing],
    [3, listing],
    [1, fizz],
    [2, divisors],
    [1, primes],
    [1, sequence],
  ] as const;
  return weighted(d, rules)(d);
}
