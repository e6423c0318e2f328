/**
 * Straight-line arithmetic: a start value, then steps that change it, some under a condition.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { join } from "../expressions.ts";

interface Step {
  code: string;
  text: string;
}

/** A change of `r` in place. */
export function change(d: Draw): Step {
  const [c, f] = [between(d, 2, 9), between(d, 2, 4)];
  const other = d.params.some((p) => p.name === "m") ? "m" : "n";
  return weighted<Step>(d, [
    [4, { code: `r += ${c};`, text: `add ${c}` }],
    [4, { code: `r -= ${c};`, text: `subtract ${c}` }],
    [3, { code: `r *= ${f};`, text: `multiply by ${f}` }],
    [1, { code: `r %= ${c};`, text: `take it mod ${c}` }],
    [1, { code: `r = Math.floor(r / ${f});`, text: `divide by ${f} rounding down` }],
    [1, { code: `r = -r;`, text: "negate" }],
    [1, { code: `r += ${other};`, text: `add ${other}` }],
    [1, { code: `r -= ${other};`, text: `subtract ${other}` }],
    [1, { code: `r *= ${other};`, text: `multiply by ${other}` }],
    [1, { code: `r = Math.max(r, ${c});`, text: `raise to ${c}` }],
    [1, { code: `r = Math.min(r, ${c * 2});`, text: `cap at ${c * 2}` }],
  ]);
}

function step(d: Draw): Step {
  const does = change(d);
  if (chance(d, 0.4)) return does;
  const on = d.rng.pick(["r", "r", "n"]);
  const when = condition(d);
  const word = on === "r" ? "it" : on;
  if (d.level > 1 && chance(d, 0.35)) {
    const other = change(d);
    return {
      code: `if (${when.code(on)}) ${does.code} else ${other.code}`,
      text: `if ${word} is ${when.text} ${does.text} else ${other.text}`,
    };
  }
  return {
    code: `if (${when.code(on)}) ${does.code}`,
    text: `if ${word} is ${when.text} ${does.text}`,
  };
}

function start(d: Draw): { code: string; text: string } {
  param(d, "n", "int");
  if (chance(d, 0.45)) {
    const both = join(d);
    param(d, "m", "int");
    return { code: both.code("n", "m"), text: `the ${both.text} of n and m` };
  }
  const c = between(d, 2, 5);
  return weighted(d, [
    [3, { code: "n", text: "n" }],
    [2, { code: `n * ${c}`, text: `n times ${c}` }],
    [2, { code: `n + ${c}`, text: `n plus ${c}` }],
    [1, { code: "n * n", text: "n squared" }],
    [1, { code: "Math.abs(n)", text: "the absolute value of n" }],
  ]);
}

/** Draws a program of arithmetic steps. */
export function steps(d: Draw): Draft {
  const from = start(d);
  const count = between(d, 1, d.level === 1 ? 2 : d.level + 1);
  const list = Array.from({ length: count }, () => step(d));
  return {
    body: `let r = ${from.code}; ${list.map((s) => s.code).join(" ")}`,
    value: "r",
    returns: "number",
    text: `start with ${from.text}, ${list.map((s) => s.text).join(", ")}`,
  };
}
