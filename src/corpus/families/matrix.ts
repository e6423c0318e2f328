/**
 * Arrays of rows.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";

function cells(d: Draw): Draft {
  const by = condition(d);
  const term = maybeTransform(d, 0.3);
  const rule = weighted(d, [
    [3, {
      start: "0",
      add: `r += ${term.code("x")};`,
      text: `sum the ${term.text}`,
      end: "number" as const,
    }],
    [2, { start: "0", add: "r++;", text: "count the numbers", end: "number" as const }],
    [2, {
      start: "[]",
      add: `r.push(${term.code("x")});`,
      text: `list the ${term.text}`,
      end: "numbers" as const,
    }],
  ]);
  return {
    body: `let r = ${rule.start}; for (const a of xs) { for (const x of a) { if (${
      by.code("x")
    }) ${rule.add} } }`,
    value: "r",
    returns: rule.end,
    text: `${rule.text} in the rows of xs where x is ${by.text}`,
  };
}

function rows(d: Draw): Draft {
  const by = condition(d);
  const rule = weighted(d, [
    [3, { start: "0", add: "b += x;", text: "sum" }],
    [2, { start: "0", add: `if (${by.code("x")}) b++;`, text: `count of numbers ${by.text}` }],
    [2, { start: "0", add: "b = Math.max(b, x);", text: "largest number, at least 0," }],
  ]);
  const of = condition(d);
  const end = weighted(d, [
    [2, { start: "[]", add: "r.push(b);", text: "list the", after: "" }],
    [2, {
      start: "0",
      add: `if (${of.code("b")}) r++;`,
      text: "count the rows where the",
      after: ` is ${of.text}`,
    }],
    [2, { start: "0", add: "r = Math.max(r, b);", text: "find the largest", after: "" }],
  ]);
  return {
    body:
      `let r = ${end.start}; for (const a of xs) { let b = ${rule.start}; for (const x of a) { ${rule.add} } ${end.add} }`,
    value: "r",
    returns: "other",
    text: `${end.text} ${rule.text} of each row of xs${end.after}`,
  };
}

function diagonal(d: Draw): Draft {
  const by = condition(d);
  const other = chance(d, 0.4);
  const x = other ? "xs[i][xs.length - 1 - i]" : "xs[i][i]";
  const [add, text] = weighted(d, [
    [2, [`r += ${x};`, "sum the numbers"]],
    [2, [`if (${by.code(x)}) r++;`, `count the numbers ${by.text}`]],
  ]);
  return {
    body: `let r = 0; for (let i = 0; i < xs.length; i++) { ${add} }`,
    value: "r",
    returns: "number",
    text: `${text} on the ${other ? "other " : ""}diagonal of xs`,
  };
}

function columns(d: Draw): Draft {
  param(d, "k", "nat");
  const by = condition(d);
  const [start, add, text] = weighted(d, [
    [2, ["0", "r += a[k] || 0;", "sum"]],
    [2, ["[]", "r.push(a[k] || 0);", "list"]],
    [2, ["0", `if (${by.code("a[k]")}) r++;`, `where x is ${by.text} count`]],
  ]);
  return {
    body: `let r = ${start}; for (const a of xs) { ${add} }`,
    value: "r",
    returns: "other",
    text: `${text} the numbers of xs in column k`,
  };
}

/** Draws a program about rows of numbers. */
export function matrix(d: Draw): Draft {
  param(d, "xs", "matrix");
  return weighted(d, [[3, cells], [3, rows], [1.5, diagonal], [1.5, columns]])(d);
}
