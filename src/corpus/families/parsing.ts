/**
 * Small parsers: brackets, run lengths, separated numbers, key=value lists.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform } from "../expressions.ts";

function brackets(d: Draw): Draft {
  param(d, "s", "brackets");
  const step = `if (c === "(") a++; else if (c === ")") a--;`;
  const low = `if (c === "(") a++; else if (c === ")") { a--; if (a < 0) return `;
  return weighted<() => Draft>(d, [
    [2, () => ({
      body: `let a = 0; let r = 0; for (const c of s) { ${step} r = Math.max(r, a); }`,
      value: "r",
      returns: "number",
      text: "find the largest depth of the ( and ) in s",
    })],
    [2, () => ({
      body: `let a = 0; for (const c of s) { ${low}false; } }`,
      value: "a === 0",
      returns: "other",
      text: "say whether the ( and ) in s are balanced",
      closed: true,
    })],
    [1, () => ({
      body: `let a = 0; let r = 0; for (const c of s) { ${step} if (a < 0) { r++; a = 0; } }`,
      value: "r + a",
      returns: "number",
      text: "count the ( and ) in s that have no partner",
    })],
    [2, () => {
      const deep = weighted(d, [[2, "1"], [1, "2"]]);
      const [add, words, start] = weighted(d, [
        [1, ["r++;", "count", "0"]],
        [1, ["r += c;", "keep", `""`]],
      ]);
      return {
        body:
          `let a = 0; let r = ${start}; for (const c of s) { ${step} else if (a >= ${deep}) ${add} }`,
        value: "r",
        returns: "other",
        text: `${words} the characters of s at depth ${deep} or more of ( and )`,
      };
    }],
  ])();
}

function encoding(d: Draw): Draft {
  param(d, "s", "word");
  const first = chance(d, 0.5);
  const skip = chance(d, 0.4);
  const piece = skip
    ? (first ? '(c > 1 ? c : "") + s[i]' : 's[i] + (c > 1 ? c : "")')
    : (first ? "c + s[i]" : "s[i] + c");
  return {
    body:
      `let r = ""; let c = 1; for (let i = 0; i < s.length; i++) { if (s[i] === s[i + 1]) c++; else { r += ${piece}; c = 1; } }`,
    value: "r",
    returns: "string",
    text: `write each run of s as its ${first ? "length and character" : "character and length"}${
      skip ? ", without length 1" : ""
    }`,
  };
}

function decoding(d: Draw): Draft {
  param(d, "s", "list");
  const by = condition(d);
  const term = maybeTransform(d, 0.4);
  const rule = weighted(d, [
    [3, {
      start: "0",
      add: `r += ${term.code("x")};`,
      text: `sum the ${term.text}`,
      end: "number" as const,
    }],
    [1, { start: "0", add: "r++;", text: "count the numbers", end: "number" as const }],
    [2, {
      start: "[]",
      add: `r.push(${term.code("x")});`,
      text: `list the ${term.text}`,
      end: "numbers" as const,
    }],
  ]);
  return {
    body: `let r = ${rule.start}; for (const c of s.split(",")) { const x = Number(c); if (${
      by.code("x")
    }) ${rule.add} }`,
    value: "r",
    returns: rule.end,
    text: `${rule.text} of s, split at commas, where x is ${by.text}`,
  };
}

function keyValues(d: Draw): Draft {
  param(d, "s", "pairs");
  const by = condition(d);
  const head = `for (const c of s.split(";")) { const [a, b] = c.split("=");`;
  const rule = weighted(d, [
    [2, { start: "{}", add: "r[a] = Number(b);", text: "make an object" }],
    [2, { start: "[]", add: "r.push(a);", text: "list the names" }],
    [2, { start: "0", add: "r += Number(b);", text: "sum the numbers" }],
  ]);
  const all = chance(d, 0.3);
  const test = all ? "" : `if (${by.code("b")}) `;
  return {
    body: `const r = ${rule.start}; ${head} ${test}${rule.add} }`.replace(
      "const r = 0",
      "let r = 0",
    ),
    value: "r",
    returns: "other",
    text: `${rule.text} from s like a=1;b=2${all ? "" : ` where the number is ${by.text}`}`,
  };
}

function numbersInText(d: Draw): Draft {
  param(d, "s", "word");
  const by = condition(d);
  const rule = weighted(d, [
    [2, ["r += a;", "sum"]],
    [1, ["r = Math.max(r, a);", "find the largest of"]],
    [1, [`if (${by.code("a")}) r += a;`, `where x is ${by.text} sum`]],
  ]);
  return {
    body:
      `let r = 0; let a = 0; for (const c of s + " ") { if (c >= "0" && c <= "9") a = a * 10 + Number(c); else { ${
        rule[0]
      } a = 0; } }`,
    value: "r",
    returns: "number",
    text: `${rule[1]} the whole numbers written in s`,
  };
}

function cutting(d: Draw): Draft {
  param(d, "s", "word");
  const mark = d.rng.pick([..."abeo"]);
  return weighted<() => Draft>(d, [
    [1, () => ({
      body: `const i = s.indexOf("${mark}"); if (i < 0) return s;`,
      value: "s.slice(0, i)",
      returns: "other",
      text: `return the part of s before the first ${mark}, or s`,
      closed: true,
    })],
    [1, () => ({
      body: `const i = s.indexOf("${mark}"); if (i < 0) return "";`,
      value: "s.slice(i + 1)",
      returns: "other",
      text: `return the part of s after the first ${mark}, or nothing`,
      closed: true,
    })],
    [1, () => ({
      body: "",
      value: `s.split("${mark}").filter(c => c.length > 1)`,
      returns: "other",
      text: `split s at ${mark} and keep the parts longer than 1`,
    })],
  ])();
}

/** Draws a small parser. */
export function parsing(d: Draw): Draft {
  const rules = [
    [2, brackets],
    [1, encoding],
    [3, decoding],
    [2, keyValues],
    [1, numbersInText],
    [0.7, cutting],
  ] as const;
  return weighted(d, rules)(d);
}
