/**
 * Conditions on a number, a position or a character, as code and as words that follow "is" or "are".
 *
 * @module
 */
import { between, chance, type Draw, param, type Rule, weighted } from "./draft.ts";

/** A number to compare with: mostly a constant, sometimes the parameter `k`. */
export function bound(d: Draw, low: number, high: number): string {
  const free = d.level > 1 && !d.params.some((p) => p.name === "k");
  return free && chance(d, 0.2) ? param(d, "k", "int") : String(between(d, low, high));
}

const COMPARE: readonly (readonly [number, readonly [string, string]])[] = [
  [5, [">", "above"]],
  [4, ["<", "below"]],
  [3, [">=", "at least"]],
  [3, ["<=", "at most"]],
  [1, ["!==", "not"]],
  [1, ["===", "equal to"]],
];

/** A comparison with a bound between `low` and `high`. */
export function comparison(d: Draw, low: number, high: number): Rule {
  const [operator, words] = weighted(d, COMPARE);
  const limit = bound(d, low, high);
  return { code: (v) => `${v} ${operator} ${limit}`, text: `${words} ${limit}` };
}

function divisibility(d: Draw): Rule {
  const by = between(d, 3, 5);
  const rest = between(d, 1, by - 1);
  return weighted(d, [
    [3, { code: (v) => `${v} % ${by} === 0`, text: `divisible by ${by}` }],
    [1, { code: (v) => `${v} % ${by} !== 0`, text: `not divisible by ${by}` }],
    [1, { code: (v) => `${v} % ${by} === ${rest}`, text: `${rest} mod ${by}` }],
  ]);
}

function parity(d: Draw): Rule {
  return weighted<Rule>(d, [
    [3, { code: (v) => `${v} % 2 === 0`, text: "even" }],
    [2, { code: (v) => `${v} % 2 !== 0`, text: "odd" }],
  ]);
}

function range(d: Draw): Rule {
  const low = between(d, -3, 5);
  const high = low + between(d, 3, 9);
  return weighted<Rule>(d, [
    [2, { code: (v) => `${v} >= ${low} && ${v} <= ${high}`, text: `from ${low} to ${high}` }],
    [1, { code: (v) => `${v} > ${low} && ${v} < ${high}`, text: `between ${low} and ${high}` }],
    [1, { code: (v) => `(${v} < ${low} || ${v} > ${high})`, text: `outside ${low} to ${high}` }],
  ]);
}

function simple(d: Draw): Rule {
  return weighted(d, [[4, comparison], [3, parity], [2, divisibility]])(d, -2, 9);
}

function compound(d: Draw): Rule {
  const [a, b] = [comparison(d, -2, 9), chance(d, 0.6) ? parity(d) : divisibility(d)];
  const [first, second] = chance(d, 0.5) ? [a, b] : [b, a];
  return chance(d, 0.6)
    ? {
      code: (v) => `${first.code(v)} && ${second.code(v)}`,
      text: `${first.text} and ${second.text}`,
    }
    : {
      code: (v) => `(${first.code(v)} || ${second.code(v)})`,
      text: `${first.text} or ${second.text}`,
    };
}

/** A condition on a number; from level 2 on it may have two parts. */
export function condition(d: Draw): Rule {
  if (d.level === 1 || chance(d, 0.65)) return simple(d);
  return chance(d, 0.4) ? range(d) : compound(d);
}

/** A condition on a character. */
export function charCondition(d: Draw): Rule {
  const letter = d.rng.pick([..."abcdeo"]);
  const set = d.rng.pick(["aeiou", "abc", "aei", "xyz", "bcd"]);
  const one = weighted<Rule>(d, [
    [4, { code: (v) => `${v} === "${letter}"`, text: `equal to ${letter}` }],
    [2, { code: (v) => `${v} !== "${letter}"`, text: `not ${letter}` }],
    [4, { code: (v) => `"${set}".includes(${v})`, text: `in ${set}` }],
    [2, { code: (v) => `!"${set}".includes(${v})`, text: `not in ${set}` }],
    [2, { code: (v) => `${v} >= "0" && ${v} <= "9"`, text: "numeric" }],
    [2, { code: (v) => `${v} >= "A" && ${v} <= "Z"`, text: "uppercase" }],
    [2, { code: (v) => `${v} >= "a" && ${v} <= "z"`, text: "lowercase" }],
    [1, { code: (v) => `${v} > "${letter}"`, text: `after ${letter}` }],
    [1, { code: (v) => `${v} < "${letter}"`, text: `before ${letter}` }],
  ]);
  if (d.level < 3 || chance(d, 0.7)) return one;
  const other = d.rng.pick([..."fghi"]);
  return {
    code: (v) => `(${one.code(v)} || ${v} === "${other}")`,
    text: `${one.text} or ${other}`,
  };
}

/** A condition on a position, in words that follow "at". */
export function positionCondition(d: Draw): Rule {
  const by = between(d, 3, 4);
  const from = between(d, 1, 3);
  return weighted<Rule>(d, [
    [3, { code: (v) => `${v} % 2 === 0`, text: "even positions" }],
    [2, { code: (v) => `${v} % 2 === 1`, text: "odd positions" }],
    [1, { code: (v) => `${v} % ${by} === 0`, text: `positions divisible by ${by}` }],
    [1, { code: (v) => `${v} >= ${from}`, text: `positions from ${from}` }],
  ]);
}

/**
 * Moves a rule into a helper function `g`, sometimes, from level 2 on.
 *
 * @param name The helper's parameter.
 */
export function maybeHelper(d: Draw, rule: Rule, name: string): Rule {
  const fits = d.level > 1 && d.helpers.length === 0 && !/\bk\b/.test(rule.code(name));
  if (!fits || !chance(d, 0.22)) return rule;
  d.helpers.push(`function g(${name}) { return ${rule.code(name)}; }`);
  return { code: (v) => `g(${v})`, text: rule.text };
}
