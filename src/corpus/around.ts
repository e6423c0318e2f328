/**
 * What may stand around a program's heart: a guard, a preparation of the input, a final step on the result.
 *
 * @module
 */
import { comparison } from "./conditions.ts";
import {
  between,
  chance,
  type Draft,
  type Draw,
  type Kind,
  type Param,
  weighted,
} from "./draft.ts";

/** Code around an expression (or a statement, which ignores it) with its words. */
export interface Piece {
  code: (value: string) => string;
  text: string;
}

const NUMERIC: readonly Kind[] = ["int", "nat", "digits"];
const TEXTS: readonly Kind[] = ["word", "text", "brackets", "moves"];

function answer(d: Draw, draft: Draft): string {
  if (draft.returns === "numbers") return "[]";
  if (draft.returns === "boolean") return d.rng.pick(["true", "false"]);
  if (draft.returns === "string") return d.rng.pick([`"none"`, `"-"`, `""`]);
  return draft.recursive
    ? String(between(d, 0, 3))
    : weighted(d, [[3, "0"], [3, "-1"], [1, "null"], [1, "1"]]);
}

function guardTest(d: Draw, p: Param): { code: string; text: string } {
  if (NUMERIC.includes(p.kind)) {
    const by = comparison(
      { ...d, level: 1 },
      p.kind === "digits" ? 50 : 1,
      p.kind === "digits" ? 900 : 12,
    );
    return { code: by.code(p.name), text: `${p.name} is ${by.text}` };
  }
  if (p.kind === "record") return { code: "Object.keys(o).length === 0", text: "o is empty" };
  const size = between(d, 2, 4);
  const empty = TEXTS.includes(p.kind) ? `${p.name} === ""` : `${p.name}.length === 0`;
  return weighted(d, [
    [3, { code: empty, text: `${p.name} is empty` }],
    [2, { code: `${p.name}.length < ${size}`, text: `${p.name} is shorter than ${size}` }],
    [1, { code: `${p.name}.length > ${size}`, text: `${p.name} is longer than ${size}` }],
  ]);
}

/** A first line that answers special inputs at once. */
export function guardOf(d: Draw, draft: Draft): Piece {
  const test = guardTest(d, d.rng.pick(d.params));
  const value = answer(d, draft);
  const said = value.replaceAll('"', "");
  const words = value === `""` ? "an empty string" : said;
  return {
    code: () => `if (${test.code}) return ${value};`,
    text: `if ${test.text} return ${words}`,
  };
}

function numberStep(d: Draw, n: string): Piece {
  const c = between(d, 2, 9);
  return weighted<Piece>(d, [
    [3, { code: () => `${n} = Math.abs(${n});`, text: `drop the sign of ${n}` }],
    [2, { code: () => `${n} += ${c};`, text: `add ${c} to ${n}` }],
    [2, { code: () => `if (${n} > ${c * 2}) ${n} = ${c * 2};`, text: `cap ${n} at ${c * 2}` }],
    [1, { code: () => `${n} *= 2;`, text: `double ${n}` }],
  ]);
}

function listStep(d: Draw, xs: string): Piece {
  const c = between(d, 1, 3);
  const by = comparison({ ...d, level: 1 }, -2, 9);
  return weighted(d, [
    [2, { code: () => `${xs} = ${xs}.slice(${c});`, text: `leave out the first ${c} of ${xs}` }],
    [2, {
      code: () => `${xs} = ${xs}.slice(0, ${c + 1});`,
      text: `use only the first ${c + 1} of ${xs}`,
    }],
    [3, {
      code: () => `${xs} = ${xs}.filter(x => ${by.code("x")});`,
      text: `keep x of ${xs} ${by.text}`,
    }],
    [1, { code: () => `${xs} = ${xs}.slice().reverse();`, text: `reverse ${xs}` }],
    [1, {
      code: () => `${xs} = ${xs}.map(x => x * ${c + 1});`,
      text: `multiply ${xs} by ${c + 1}`,
    }],
    [1, { code: () => `${xs} = [...new Set(${xs})];`, text: `drop repeats from ${xs}` }],
  ]);
}

function textStep(d: Draw, s: string): Piece {
  const c = between(d, 1, 3);
  return weighted(d, [
    [3, { code: () => `${s} = ${s}.toLowerCase();`, text: `ignore capitals in ${s}` }],
    [2, { code: () => `${s} = ${s}.slice(${c});`, text: `leave out the first ${c} of ${s}` }],
    [1, {
      code: () => `${s} = ${s}.slice(0, ${c + 1});`,
      text: `use only the first ${c + 1} of ${s}`,
    }],
    [1, { code: () => `${s} = [...${s}].reverse().join("");`, text: `reverse ${s}` }],
  ]);
}

/** Stands for a heart that returns a number. */
const NUMBER: Draft = { body: "", value: "0", returns: "number", text: "" };

/** A statement that changes an input before it is used, or a guard where none fits. */
export function preparationOf(d: Draw): Piece {
  const fits = d.params.filter((p) => ["int", "nat", "digits", "ints", "word"].includes(p.kind));
  if (fits.length === 0) return guardOf(d, NUMBER);
  const p = d.rng.pick(fits);
  if (p.kind === "ints") return listStep(d, p.name);
  return p.kind === "word" ? textStep(d, p.name) : numberStep(d, p.name);
}

function numberFinal(d: Draw): Piece {
  const [c, f] = [between(d, 2, 9), between(d, 2, 5)];
  const limit = between(d, 5, 20);
  return weighted<Piece>(d, [
    [3, { code: (v) => `Math.min(${v}, ${limit})`, text: `, at most ${limit}` }],
    [2, { code: (v) => `Math.max(${v}, ${c})`, text: `, at least ${c}` }],
    [3, { code: (v) => `(${v}) * ${f}`, text: `, times ${f}` }],
    [3, { code: (v) => `(${v}) + ${c}`, text: `, plus ${c}` }],
    [2, { code: (v) => `(${v}) - ${c}`, text: `, minus ${c}` }],
    [2, { code: (v) => `(${v}) % ${c}`, text: `, mod ${c}` }],
    [2, { code: (v) => `(${v}) > ${c}`, text: `, and say whether it is above ${c}` }],
    [1, { code: (v) => `(${v}) % 2 === 0`, text: ", and say whether it is even" }],
    [1, {
      code: (v) => `(${v}) > ${c} ? "yes" : "no"`,
      text: `, answer yes if above ${c} else no`,
    }],
    [1, { code: (v) => `-(${v})`, text: ", negated" }],
  ]);
}

function listFinal(d: Draw): Piece {
  const c = between(d, 2, 3);
  return weighted<Piece>(d, [
    [3, { code: (v) => `${v}.length`, text: ", and return how many" }],
    [3, { code: (v) => `${v}.slice(0, ${c})`, text: `, only the first ${c}` }],
    [2, { code: (v) => `${v}.slice(-${c})`, text: `, only the last ${c}` }],
    [2, { code: (v) => `${v}.reverse()`, text: ", in reverse" }],
    [2, { code: (v) => `${v}.join("-")`, text: ", joined by -" }],
    [1, { code: (v) => `${v}.length > 0 ? ${v} : null`, text: ", or null if there are none" }],
    [1, { code: (v) => `[...${v}, 0]`, text: ", with 0 at the end" }],
  ]);
}

function textFinal(d: Draw): Piece {
  const c = between(d, 2, 5);
  return weighted<Piece>(d, [
    [3, { code: (v) => `(${v}).toUpperCase()`, text: ", in capitals" }],
    [3, { code: (v) => `(${v}).slice(0, ${c})`, text: `, only the first ${c}` }],
    [2, { code: (v) => `(${v}) + "!"`, text: ", with ! at the end" }],
    [2, { code: (v) => `(${v}).length`, text: ", and return its length" }],
    [1, { code: (v) => `"<" + (${v}) + ">"`, text: ", between < and >" }],
    [1, { code: (v) => `(${v}).repeat(2)`, text: ", twice" }],
  ]);
}

/** A last step on the result, if its kind is known. */
export function finalOf(d: Draw, draft: Draft): Piece | undefined {
  if (draft.returns === "number") return numberFinal(d);
  if (draft.returns === "numbers") {
    return draft.value === "r" || chance(d, 0.3) ? listFinal(d) : undefined;
  }
  if (draft.returns === "string") return textFinal(d);
  return draft.returns === "boolean"
    ? { code: (v) => `!${v}`, text: ", then say the opposite" }
    : undefined;
}
