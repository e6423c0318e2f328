/**
 * One value from a string: counts, positions, longest runs.
 *
 * @module
 */
import { charCondition, maybeHelper, positionCondition } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { overItems } from "../loops.ts";

const CHAR = { item: "c" };

function count(d: Draw): Draft {
  const by = maybeHelper(d, charCondition(d), "c");
  const gain = weighted(d, [[6, "1"], [1, "2"], [1, "3"]]);
  const add = gain === "1" ? "r++;" : `r += ${gain};`;
  const loop = overItems(d, "s", (c) => `if (${by.code(c)}) ${add}`, { ...CHAR, unordered: true });
  const what = gain === "1" ? "count" : `give ${gain} points for`;
  return {
    body: `let r = 0; ${loop}`,
    value: "r",
    returns: "number",
    text: `${what} the characters of s that are ${by.text}`,
  };
}

function score(d: Draw): Draft {
  const [a, b] = [charCondition(d), charCondition(d)];
  const [yes, no] = weighted(d, [[2, ["r++;", "r--;"]], [1, ["r += 2;", "r--;"]], [1, [
    "r += 3;",
    "r++;",
  ]]]);
  const words: Record<string, string> = {
    "r++;": "add 1",
    "r--;": "subtract 1",
    "r += 2;": "add 2",
    "r += 3;": "add 3",
  };
  const [extra, says] = chance(d, 0.5) ? ["", "else"] : [` if (${b.code("c")})`, `if ${b.text}`];
  const loop = `for (const c of s) { if (${a.code("c")}) ${yes} else${extra} ${no} }`;
  return {
    body: `let r = 0; ${loop}`,
    value: "r",
    returns: "number",
    text: `for each character of s ${words[yes!]} if ${a.text}, ${says} ${words[no!]}`,
  };
}

function position(d: Draw): Draft {
  const by = maybeHelper(d, charCondition(d), "c");
  const none = weighted(d, [[4, "-1"], [1, "0"]]);
  if (chance(d, 0.6)) {
    const loop = overItems(d, "s", (c, i) => `if (${by.code(c)}) return ${i};`, {
      ...CHAR,
      indexed: true,
    });
    const text = `return the first position in s of a character ${by.text}, or ${none}`;
    return { body: loop, value: none, returns: "other", text, closed: true };
  }
  const loop = overItems(d, "s", (c, i) => `if (${by.code(c)}) r = ${i};`, {
    ...CHAR,
    indexed: true,
  });
  const text = `find the last position in s of a character ${by.text}, or ${none}`;
  return { body: `let r = ${none}; ${loop}`, value: "r", returns: "number", text };
}

function longestRun(d: Draw): Draft {
  const by = maybeHelper(d, charCondition(d), "c");
  const loop = overItems(
    d,
    "s",
    (c) => `if (${by.code(c)}) { a++; r = Math.max(r, a); } else { a = 0; }`,
    CHAR,
  );
  return {
    body: `let r = 0; let a = 0; ${loop}`,
    value: "r",
    returns: "number",
    text: `find the longest run in s of characters ${by.text}`,
  };
}

function neighbours(d: Draw): Draft {
  const [sign, words] = d.rng.pick([["===", "equal"], ["!==", "differ from"], [
    "<",
    "come before",
  ]]);
  return {
    body: `let r = 0; for (let i = 1; i < s.length; i++) { if (s[i - 1] ${sign} s[i]) r++; }`,
    value: "r",
    returns: "number",
    text: `count the characters of s that ${words} the next one`,
  };
}

function positions(d: Draw): Draft {
  const [by, at] = [charCondition(d), positionCondition(d)];
  const loop = overItems(d, "s", (c, i) => `if (${at.code(i)} && ${by.code(c)}) r++;`, {
    ...CHAR,
    indexed: true,
  });
  return {
    body: `let r = 0; ${loop}`,
    value: "r",
    returns: "number",
    text: `count the characters of s at ${at.text} that are ${by.text}`,
  };
}

function whole(d: Draw): Draft {
  const by = maybeHelper(d, charCondition(d), "c");
  const [method, words] = d.rng.pick([["every", "every"], ["some", "some"]]);
  return {
    body: "",
    value: `[...s].${method}(c => ${by.code("c")})`,
    returns: "boolean",
    text: `say whether ${words} character of s is ${by.text}`,
  };
}

/** Draws a program that scans a string. */
export function scan(d: Draw): Draft {
  param(d, "s", "word");
  const rules = [
    [4, count],
    [2, score],
    [2, position],
    [2, longestRun],
    [1, neighbours],
    [1.5, positions],
    [0.7, whole],
  ] as const;
  return weighted(d, rules)(d);
}
