/**
 * A new string from a string: replacing, repeating, dropping, turning round.
 *
 * @module
 */
import { charCondition, maybeHelper, positionCondition } from "../conditions.ts";
import { chance, type Draft, type Draw, param, type Rule, weighted } from "../draft.ts";
import { overItems } from "../loops.ts";

const made = (body: string, text: string): Draft => ({
  body: `let r = ""; ${body}`,
  value: "r",
  returns: "string",
  text,
});

function change(d: Draw): Rule {
  const mark = d.rng.pick([..."-*x_"]);
  return weighted<Rule>(d, [
    [4, { code: () => `"${mark}"`, text: `replace by ${mark}` }],
    [3, { code: (c) => `${c}.toUpperCase()`, text: "put in capitals" }],
    [2, { code: (c) => `${c} + ${c}`, text: "double" }],
    [2, { code: (c) => `${c} + "${mark}"`, text: `put ${mark} after` }],
    [2, { code: (c) => `"${mark}" + ${c}`, text: `put ${mark} before` }],
    [1, { code: (c) => `${c}.repeat(3)`, text: "write 3 times" }],
  ]);
}

function replacing(d: Draw): Draft {
  const by = maybeHelper(d, charCondition(d), "c");
  const does = change(d);
  const text = `in s ${does.text} each character ${by.text}`;
  if (chance(d, 0.3)) {
    const value = `[...s].map(c => ${by.code("c")} ? ${does.code("c")} : c).join("")`;
    return { body: "", value, returns: "string", text };
  }
  const form = weighted(d, [
    [3, (c: string) => `if (${by.code(c)}) r += ${does.code(c)}; else r += ${c};`],
    [2, (c: string) => `r += ${by.code(c)} ? ${does.code(c)} : ${c};`],
  ]);
  return made(overItems(d, "s", form, { item: "c" }), text);
}

function keeping(d: Draw): Draft {
  const by = maybeHelper(d, charCondition(d), "c");
  const turned = chance(d, 0.3);
  const add = (c: string): string => turned ? `r = ${c} + r;` : `r += ${c};`;
  const text = `keep the characters of s that are ${by.text}${turned ? ", in reverse" : ""}`;
  if (!turned && chance(d, 0.3)) {
    const value = `[...s].filter(c => ${by.code("c")}).join("")`;
    return { body: "", value, returns: "string", text };
  }
  return made(overItems(d, "s", (c) => `if (${by.code(c)}) ${add(c)}`, { item: "c" }), text);
}

function byPosition(d: Draw): Draft {
  const at = positionCondition(d);
  const does = change(d);
  const form = weighted(d, [
    [2, {
      code: (c: string, i: string) => `r += ${at.code(i)} ? ${does.code(c)} : ${c};`,
      text: `in s ${does.text} the characters at ${at.text}`,
    }],
    [2, {
      code: (c: string, i: string) => `if (${at.code(i)}) r += ${c};`,
      text: `keep the characters of s at ${at.text}`,
    }],
    [1, {
      code: (c: string, i: string) => `if (${at.code(i)}) r = ${c} + r; else r += ${c};`,
      text: `build a string from s, in front at ${at.text}, else at the end`,
    }],
  ]);
  return made(overItems(d, "s", form.code, { item: "c", indexed: true }), form.text);
}

function turning(d: Draw): Draft {
  const mark = d.rng.pick(["", "-", "*"]);
  const rule = weighted(d, [
    [3, { code: "r = c + r;", text: "turn s round" }],
    [2, {
      code: `r = c + "${mark || "-"}" + r;`,
      text: `turn s round with ${mark || "-"} after each character`,
    }],
    [2, {
      code: `r += c + "${mark || "-"}";`,
      text: `put ${mark || "-"} after each character of s`,
    }],
    [2, { code: "r = c + r + c;", text: "put each character of s at both ends" }],
  ]);
  return made(`for (const c of s) { ${rule.code} }`, rule.text);
}

function unrepeated(d: Draw): Draft {
  const near = chance(d, 0.5);
  const test = near ? "s[i] !== s[i - 1]" : "!r.includes(s[i])";
  const text = near
    ? "drop the characters of s that equal the one before"
    : "keep only the first of equal characters in s";
  return made(`for (let i = 0; i < s.length; i++) { if (${test}) r += s[i]; }`, text);
}

function pieces(d: Draw): Draft {
  const n = weighted(d, [[2, "2"], [2, "3"], [1, "1"]]);
  return weighted<() => Draft>(d, [
    [2, () => ({
      body: "",
      value: `s.slice(${n}) + s.slice(0, ${n})`,
      returns: "string",
      text: `move the first ${n} characters of s to the end`,
    })],
    [1, () => ({
      body: "",
      value: `s.slice(-${n}) + s.slice(0, -${n})`,
      returns: "string",
      text: `move the last ${n} characters of s to the front`,
    })],
    [1, () => ({
      body: "",
      value: `s.length > ${n} ? s.slice(0, ${n}) + "..." : s`,
      returns: "other",
      text: `cut s to ${n} characters and ... if longer`,
    })],
    [1, () => ({
      body: "",
      value: "s[0].toUpperCase() + s.slice(1)",
      returns: "string",
      text: "put the first character of s in capitals",
    })],
  ])();
}

/** Draws a program that builds a string. */
export function spell(d: Draw): Draft {
  param(d, "s", "word");
  const rules = [
    [4, replacing],
    [3, keeping],
    [2, byPosition],
    [1, turning],
    [0.6, unrepeated],
    [0.6, pieces],
  ] as const;
  return weighted(d, rules)(d);
}
