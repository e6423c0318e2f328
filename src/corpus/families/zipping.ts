/**
 * Two arrays at once: position by position, as sets, as lists of keys.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { chance, type Draft, type Draw, weighted } from "../draft.ts";
import { param } from "../draft.ts";
import { join, maybeTransform } from "../expressions.ts";

const ORDER = [[">", "above"], ["<", "below"], ["===", "equal to"], ["!==", "not"]] as const;

function pairwise(d: Draw): Draft {
  const both = join(d);
  const value = both.code("xs[i]", "ys[i]");
  const by = condition(d);
  const [sign, word] = d.rng.pick(ORDER);
  const over = (body: string): string => `for (let i = 0; i < xs.length; i++) { ${body} }`;
  return weighted<() => Draft>(d, [
    [2, () => ({
      body: `let r = 0; ${over(`r += ${both.code("xs[i]", "(ys[i] || 0)")};`)}`,
      value: "r",
      returns: "number",
      text: `add up the ${both.text} of xs and ys at each position, 0 where ys has none`,
    })],
    [2, () => ({
      body: `let r = 0; ${over(`if (xs[i] ${sign} ys[i]) r++;`)}`,
      value: "r",
      returns: "number",
      text: `count the positions where xs is ${word} ys`,
    })],
    [2, () => ({
      body: `const r = []; ${over(`if (i < ys.length) r.push(${value});`)}`,
      value: "r",
      returns: "numbers",
      text: `list the ${both.text} of xs and ys at each position that both have`,
    })],
    [2, () => ({
      body: `const r = []; ${over(`if (${by.code("xs[i]")}) r.push(ys[i] || 0);`)}`,
      value: "r",
      returns: "numbers",
      text: `list from ys, or 0, where x of xs is ${by.text}`,
    })],
  ])();
}

function sets(d: Draw): Draft {
  const term = maybeTransform(d, 0.4);
  const by = condition(d);
  const not = chance(d, 0.4);
  const test = `${not ? "!" : ""}ys.includes(x)`;
  const also = chance(d, 0.5) ? ` && ${by.code("x")}` : "";
  const where = `${not ? "not " : ""}in ys${also === "" ? "" : ` and ${by.text}`}`;
  const rule = weighted(d, [
    [2, {
      start: "[]",
      add: `r.push(${term.code("x")});`,
      text: `list the ${term.text}`,
      end: "numbers" as const,
    }],
    [2, {
      start: "0",
      add: `r += ${term.code("x")};`,
      text: `sum the ${term.text}`,
      end: "number" as const,
    }],
    [1, { start: "0", add: "r++;", text: "count the numbers", end: "number" as const }],
  ]);
  return {
    body: `let r = ${rule.start}; for (const x of xs) { if (${test}${also}) ${rule.add} }`,
    value: "r",
    returns: rule.end,
    text: `${rule.text} of xs where x is ${where}`,
  };
}

function merging(d: Draw): Draft {
  const by = condition(d);
  return weighted<() => Draft>(d, [
    [1, () => ({
      body: "const r = xs.slice(); for (const y of ys) { if (!r.includes(y)) r.push(y); }",
      value: "r",
      returns: "numbers",
      text: "join xs with the numbers of ys that are not there yet",
    })],
    [2, () => ({
      body: `const r = []; for (const x of xs.concat(ys)) { if (${by.code("x")}) r.push(x); }`,
      value: "r",
      returns: "numbers",
      text: `list the numbers of xs and then ys where x is ${by.text}`,
    })],
    [1, () => ({
      body:
        "const r = []; for (let i = 0; i < Math.max(xs.length, ys.length); i++) { if (i < xs.length) r.push(xs[i]); if (i < ys.length) r.push(ys[i]); }",
      value: "r",
      returns: "numbers",
      text: "take numbers from xs and ys by turns",
    })],
  ])();
}

/** Draws a program about two arrays. */
export function zipping(d: Draw): Draft {
  param(d, "xs", "ints");
  param(d, "ys", "ints");
  return weighted(d, [[4, pairwise], [3, sets], [1.5, merging]])(d);
}
