/**
 * Number expressions as code and as words: what is done to each element, and how two numbers are joined.
 *
 * @module
 */
import { between, chance, type Draw, type Rule, weighted } from "./draft.ts";
import { bound } from "./conditions.ts";

function plain(d: Draw): Rule {
  const c = bound(d, 2, 9);
  const f = String(between(d, 2, 5));
  return weighted<Rule>(d, [
    [4, { code: (v) => `${v} * ${v}`, text: "squares" }],
    [4, { code: (v) => `${v} * ${f}`, text: `numbers times ${f}` }],
    [3, { code: (v) => `${v} + ${c}`, text: `numbers plus ${c}` }],
    [3, { code: (v) => `${v} - ${c}`, text: `numbers minus ${c}` }],
    [2, { code: (v) => `Math.abs(${v})`, text: "absolute values" }],
    [1, { code: (v) => `${c} - ${v}`, text: `${c} minus numbers` }],
    [1, { code: (v) => `${v} % ${f}`, text: `numbers mod ${f}` }],
    [1, { code: (v) => `-${v}`, text: "negated numbers" }],
  ]);
}

function richer(d: Draw): Rule {
  const [a, b] = [between(d, 2, 5), between(d, 1, 9)];
  return weighted<Rule>(d, [
    [2, { code: (v) => `${v} * ${a} + ${b}`, text: `numbers times ${a} plus ${b}` }],
    [2, { code: (v) => `${v} * ${a} - ${b}`, text: `numbers times ${a} minus ${b}` }],
    [1, { code: (v) => `(${v} + ${b}) * ${a}`, text: `numbers plus ${b}, then times ${a},` }],
    [1, { code: (v) => `${v} * ${v} + ${b}`, text: `squares plus ${b}` }],
    [1, { code: (v) => `Math.floor(${v} / ${a})`, text: `numbers over ${a} rounded down` }],
    [1, { code: (v) => `Math.min(${v}, ${b})`, text: `numbers capped at ${b}` }],
    [1, { code: (v) => `Math.max(${v}, ${b})`, text: `numbers raised to ${b}` }],
    [1, {
      code: (v) => `(${v} > ${b} ? ${v} - ${a} : ${v})`,
      text: `numbers, minus ${a} if above ${b},`,
    }],
  ]);
}

/** What is done to each number, named in the plural: "squares", "numbers times 3". */
export function transform(d: Draw): Rule {
  return d.level === 1 || chance(d, 0.7) ? plain(d) : richer(d);
}

/** The number itself. */
export const IDENTITY: Rule = { code: (v) => v, text: "numbers" };

/** The number itself, or with the given probability a {@linkcode transform} of it. */
export function maybeTransform(d: Draw, probability: number): Rule {
  return chance(d, probability) ? transform(d) : IDENTITY;
}

/** Two numbers joined: code of both names and the words for it. */
export interface Join {
  code: (a: string, b: string) => string;
  text: string;
}

/** How two numbers are joined, in the singular: "sum", "product", "larger". */
export function join(d: Draw): Join {
  return weighted<Join>(d, [
    [4, { code: (a, b) => `${a} + ${b}`, text: "sum" }],
    [3, { code: (a, b) => `${a} * ${b}`, text: "product" }],
    [3, { code: (a, b) => `${a} - ${b}`, text: "difference" }],
    [2, { code: (a, b) => `Math.abs(${a} - ${b})`, text: "distance" }],
    [1, { code: (a, b) => `Math.max(${a}, ${b})`, text: "larger" }],
    [1, { code: (a, b) => `Math.min(${a}, ${b})`, text: "smaller" }],
  ]);
}
