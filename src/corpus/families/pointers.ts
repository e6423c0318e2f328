/**
 * Two positions that move towards each other or along two lists.
 *
 * @module
 */
import { comparison } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { join } from "../expressions.ts";

const ends = (list: string, body: string): string =>
  `let i = 0; let j = ${list}.length - 1; while (i < j) { ${body} i++; j--; }`;

function mirrored(d: Draw): Draft {
  const list = chance(d, 0.5) ? param(d, "s", "word") : param(d, "xs", "ints");
  return weighted<() => Draft>(d, [
    [1, () => ({
      body: ends(list, `if (${list}[i] !== ${list}[j]) return false;`),
      value: "true",
      returns: "other",
      text: `say whether ${list} reads the same from both ends`,
      closed: true,
    })],
    [2, () => {
      const [sign, word] = d.rng.pick([["!==", "differs from"], ["===", "equals"], [
        "<",
        "is below",
      ], [">", "is above"]]);
      return {
        body: `let r = 0; ${ends(list, `if (${list}[i] ${sign} ${list}[j]) r++;`)}`,
        value: "r",
        returns: "number",
        text: `going inwards count where the left of ${list} ${word} the right`,
      };
    }],
  ])();
}

function folding(d: Draw): Draft {
  param(d, "xs", "ints");
  const both = join(d);
  const value = both.code("xs[i]", "xs[j]");
  const by = comparison(d, 0, 12);
  const rule = weighted(d, [
    [2, { start: "[]", add: `r.push(${value});`, text: "list", end: "numbers" as const }],
    [2, {
      start: "0",
      add: `r = Math.max(r, ${value});`,
      text: "find the largest, at least 0, of",
      end: "number" as const,
    }],
    [2, {
      start: "0",
      add: `if (${by.code(`(${value})`)}) r++;`,
      text: `where ${by.text} count`,
      end: "number" as const,
    }],
  ]);
  return {
    body: `let r = ${rule.start}; ${ends("xs", rule.add)}`,
    value: "r",
    returns: rule.end,
    text: `going inwards ${rule.text} the ${both.text} of left and right of xs`,
  };
}

function couple(d: Draw): Draft {
  param(d, "xs", "sorted");
  param(d, "n", "nat");
  const [hit, none, words] = weighted(d, [
    [2, ["return [i, j];", "[]", "return the positions of"]],
    [1, ["return true;", "false", "say whether there are"]],
  ]);
  return {
    body:
      `let i = 0; let j = xs.length - 1; while (i < j) { const a = xs[i] + xs[j]; if (a === n) ${hit} if (a < n) i++; else j--; }`,
    value: none!,
    returns: "other",
    text: `in sorted xs ${words} two numbers whose sum is n${none === "[]" ? ", or []" : ""}`,
    closed: true,
  };
}

function nearest(d: Draw): Draft {
  param(d, "xs", "sorted");
  param(d, "n", "nat");
  const [sign, word] = d.rng.pick([["<", "at least"], ["<=", "above"]]);
  return {
    body:
      `let i = 0; let j = xs.length; while (i < j) { const a = Math.floor((i + j) / 2); if (xs[a] ${sign} n) i = a + 1; else j = a; }`,
    value: "i",
    returns: "number",
    text: `by halving find the first position in sorted xs that is ${word} n`,
  };
}

function merge(d: Draw): Draft {
  param(d, "xs", "sorted");
  param(d, "ys", "sorted");
  const rule = weighted(d, [
    [2, {
      code:
        "if (xs[i] < ys[j]) i++; else if (xs[i] > ys[j]) j++; else { r.push(xs[i]); i++; j++; }",
      text: "list the numbers that sorted xs and ys share",
    }],
    [1, {
      code: "if (xs[i] <= ys[j]) { r.push(xs[i]); i++; } else { r.push(ys[j]); j++; }",
      text: "merge sorted xs and ys until one ends",
    }],
  ]);
  return {
    body:
      `const r = []; let i = 0; let j = 0; while (i < xs.length && j < ys.length) { ${rule.code} }`,
    value: "r",
    returns: "numbers",
    text: rule.text,
  };
}

/** Draws a program with two moving positions. */
export function pointers(d: Draw): Draft {
  return weighted(d, [[2, mirrored], [4, folding], [1.5, couple], [1, nearest], [1.5, merge]])(d);
}
