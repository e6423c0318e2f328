/**
 * Windows and parts of an array: sums of neighbours, chunks, prefixes.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";

function window(d: Draw): Draft {
  param(d, "xs", "ints");
  const size = between(d, 2, 3);
  const by = condition(d);
  const sum = size === 2 ? "xs[i] + xs[i + 1]" : "xs[i] + xs[i + 1] + xs[i + 2]";
  const rule = weighted(d, [
    [2, { start: "[]", add: "r.push(a);", text: "list the sums", end: "numbers" as const }],
    [2, {
      start: "0",
      add: "r = Math.max(r, a);",
      text: "find the largest sum, at least 0,",
      end: "number" as const,
    }],
    [3, {
      start: "0",
      add: `if (${by.code("a")}) r++;`,
      text: `count the sums that are ${by.text}`,
      end: "number" as const,
    }],
    [2, {
      start: "[]",
      add: `if (${by.code("a")}) r.push(i);`,
      text: `list the starts of sums that are ${by.text}`,
      end: "numbers" as const,
    }],
  ]);
  return {
    body: `let r = ${rule.start}; for (let i = 0; i + ${
      size - 1
    } < xs.length; i++) { const a = ${sum}; ${rule.add} }`,
    value: "r",
    returns: rule.end,
    text: `${rule.text} of ${size} neighbours in xs`,
  };
}

function sliding(d: Draw): Draft {
  param(d, "xs", "ints");
  param(d, "k", "nat");
  const rule = weighted(d, [
    [2, { start: "0", add: "r = Math.max(r, a);", text: "find the largest sum, at least 0," }],
    [2, { start: "[]", add: "r.push(a);", text: "list the sums" }],
  ]);
  return {
    body:
      `let r = ${rule.start}; let a = 0; for (let i = 0; i < xs.length; i++) { a += xs[i]; if (i >= k) a -= xs[i - k]; if (i >= k - 1) ${rule.add} }`,
    value: "r",
    returns: "other",
    text: `${rule.text} of k neighbours in xs`,
  };
}

function chunks(d: Draw): Draft {
  param(d, "xs", "ints");
  const size = weighted(d, [[2, "2"], [1, "3"]]);
  const form = weighted(d, [
    [2, { code: `xs.slice(i, i + ${size})`, text: `cut xs into parts of ${size}` }],
    [1, { code: "xs[i]", text: `list each number of xs in steps of ${size}` }],
    [1, {
      code: `Math.max(...xs.slice(i, i + ${size}))`,
      text: `list the largest of each part of ${size} of xs`,
    }],
  ]);
  return {
    body: `const r = []; for (let i = 0; i < xs.length; i += ${size}) { r.push(${form.code}); }`,
    value: "r",
    returns: "other",
    text: form.text,
  };
}

function bestSum(d: Draw): Draft {
  param(d, "xs", "ints");
  const floor = weighted(d, [[3, "0"], [1, "1"], [1, "2"]]);
  const term = maybeTransform(d, 0.3);
  return {
    body: `let r = 0; let a = 0; for (const x of xs) { a = Math.max(a + ${
      term.code("x")
    }, ${floor}); r = Math.max(r, a); }`,
    value: "r",
    returns: "number",
    text: `find the largest running sum of the ${term.text} of xs that never falls below ${floor}`,
  };
}

function prefix(d: Draw): Draft {
  param(d, "xs", "ints");
  const by = condition(d);
  const [start, add, text, end] = weighted(d, [
    [2, ["0", `r++;`, "count", "number"] as const],
    [1, ["[]", `r.push(i);`, "list the positions of", "numbers"] as const],
    [1, ["0", "r = i + 1;", "find the length of the longest of", "number"] as const],
  ]);
  return {
    body: `let r = ${start}; let a = 0; for (let i = 0; i < xs.length; i++) { a += xs[i]; if (${
      by.code("a")
    }) ${add} }`,
    value: "r",
    returns: end,
    text: `${text} the running sums of xs that are ${by.text}`,
  };
}

function split(d: Draw): Draft {
  param(d, "xs", "ints");
  const by = condition(d);
  const keep = chance(d, 0.5);
  return {
    body: `const r = [[]]; for (const x of xs) { if (${by.code("x")}) r.push([${
      keep ? "x" : ""
    }]); else r[r.length - 1].push(x); }`,
    value: "r",
    returns: "other",
    text: `cut xs ${keep ? "before" : "at"} each x that is ${by.text}${
      keep ? "" : ", dropping it"
    }`,
  };
}

/** Draws a program about windows or parts of an array. */
export function windows(d: Draw): Draft {
  const rules = [[4, window], [1, sliding], [1, chunks], [1, bestSum], [2, prefix], [
    2,
    split,
  ]] as const;
  return weighted(d, rules)(d);
}
