/**
 * Words: a text split at blanks, or a list of words.
 *
 * @module
 */
import { charCondition, comparison } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";

function wordTest(d: Draw): { code: (w: string) => string; text: string } {
  const long = comparison(d, 1, 4);
  const by = charCondition(d);
  return weighted(d, [
    [4, { code: (w: string) => long.code(`${w}.length`), text: `of length ${long.text}` }],
    [2, { code: (w: string) => by.code(`${w}[0]`), text: `with first character ${by.text}` }],
    [2, {
      code: (w: string) => by.code(`${w}[${w}.length - 1]`),
      text: `with last character ${by.text}`,
    }],
  ]);
}

function change(d: Draw): { code: string; text: string } {
  return weighted(d, [
    [3, { code: "w", text: "words" }],
    [2, { code: "w.toUpperCase()", text: "words in capitals" }],
    [2, { code: "w.length", text: "lengths of words" }],
    [2, { code: "w[0]", text: "first characters of words" }],
    [1, { code: `w + "!"`, text: "words with ! after" }],
    [1, { code: `[...w].reverse().join("")`, text: "words turned round" }],
  ]);
}

function source(d: Draw): { code: string; text: string } {
  if (chance(d, 0.5)) {
    param(d, "s", "text");
    return { code: `s.split(" ")`, text: "s" };
  }
  param(d, "xs", "words");
  return { code: "xs", text: "xs" };
}

function listing(d: Draw): Draft {
  const from = source(d);
  const [by, term] = [wordTest(d), change(d)];
  const joined = chance(d, 0.4);
  return {
    body: `const r = []; for (const w of ${from.code}) { if (${
      by.code("w")
    }) r.push(${term.code}); }`,
    value: joined ? `r.join("-")` : "r",
    returns: "other",
    text: `list${joined ? " joined by -" : ""} the ${term.text} of ${from.text} ${by.text}`,
  };
}

function counting(d: Draw): Draft {
  const from = source(d);
  const by = wordTest(d);
  const [add, words] = weighted(d, [[2, ["r++;", "count the words"]], [1, [
    "r += w.length;",
    "sum the lengths of words",
  ]]]);
  return {
    body: `let r = 0; for (const w of ${from.code}) { if (${by.code("w")}) ${add} }`,
    value: "r",
    returns: "number",
    text: `${words} of ${from.text} ${by.text}`,
  };
}

function longest(d: Draw): Draft {
  const from = source(d);
  const [sign, word] = d.rng.pick([[">", "first longest"], [">=", "last longest"]]);
  const short = chance(d, 0.3);
  return {
    body: `let r = ""; for (const w of ${from.code}) { if (w.length ${sign} r.length) r = w; }`,
    value: short ? "r.length" : "r",
    returns: "other",
    text: `find the ${short ? "length of the " : ""}${word} word of ${from.text}`,
  };
}

function deciding(d: Draw): Draft {
  const from = source(d);
  const [by, term] = [wordTest(d), change(d)];
  return {
    body: "",
    value: `${from.code}.map(w => ${by.code("w")} ? ${term.code} : w)`,
    returns: "other",
    text: `give the ${term.text} of ${from.text} ${by.text}, else the word`,
  };
}

function lengths(d: Draw): Draft {
  const from = source(d);
  const by = wordTest(d);
  return {
    body: `const o = {}; for (const w of ${from.code}) { if (${by.code("w")}) o[w] = w.length; }`,
    value: "o",
    returns: "other",
    text: `map each word of ${from.text} ${by.text} to its length`,
  };
}

/** Draws a program about words. */
export function wording(d: Draw): Draft {
  return weighted(d, [[3, listing], [2, counting], [1, longest], [1, deciding], [1, lengths]])(d);
}
