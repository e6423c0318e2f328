/**
 * Puts a program together: guard, preparation, the family's heart, final step; and its problem statement likewise.
 *
 * @module
 */
import { canonicalForm, skeletonOf } from "../tasks/mod.ts";
import { rngStream, sha256Hex } from "../base/mod.ts";
import { chance, type Draft, type Draw, type Param, weighted } from "./draft.ts";
import { FAMILIES, type Family } from "./families/mod.ts";
import { finalOf, guardOf, type Piece, preparationOf } from "./around.ts";

/** A drawn program with its statement, before it has tests. */
export interface Program {
  family: string;
  heldOut: boolean;
  /** Difficulty from 1 to 3. */
  level: number;
  params: Param[];
  /** The solution in canonical form. */
  code: string;
  problem: string;
  /** First 16 hexadecimal digits of the SHA-256 of the skeleton. */
  skeleton: string;
}

/** Longest accepted solution and statement, in characters. */
const LONGEST = { code: 290, problem: 130 } as const;

function sentence(words: string): string {
  return words[0]!.toUpperCase() + words.slice(1) + ".";
}

function around(d: Draw, draft: Draft): { before: Piece[]; after: Piece | undefined } {
  const before: Piece[] = [];
  const amount = d.level === 1 ? 0.12 : d.level === 2 ? 0.35 : 0.55;
  if (!draft.recursive && chance(d, amount)) before.push(guardOf(d, draft));
  if (!draft.recursive && chance(d, amount * 0.6)) before.push(preparationOf(d));
  const finished = draft.closed === true || draft.recursive === true || !chance(d, amount * 0.9);
  return { before, after: finished ? undefined : finalOf(d, draft) };
}

/** Rules may ask for a parameter and then not be used. */
function dropUnused(d: Draw, draft: Draft): void {
  const used = `${draft.body} ${draft.value}`;
  d.params = d.params.filter((p) => new RegExp(`\\b${p.name}\\b`).test(used));
  if (!/\bg\(/.test(used)) d.helpers = [];
}

/** Writes a program and its statement from the draft and what stands around it. */
function write(d: Draw, draft: Draft): { code: string; problem: string } {
  const { before, after } = around(d, draft);
  const names = d.params.map((p) => p.name).join(", ");
  const head = before.map((piece) => piece.code("")).join(" ");
  const value = after?.code(draft.value) ?? draft.value;
  const entry = `function f(${names}) { ${head} ${draft.body} return ${value}; }`;
  const words = [...before.map((piece) => piece.text), draft.text + (after?.text ?? "")];
  return {
    code: canonicalForm([...d.helpers, entry].join("\n")),
    problem: words.map(sentence).join(" "),
  };
}

/**
 * Draws one program.
 *
 * @param seed The corpus seed.
 * @param index Which draw; the result is a function of seed and index.
 * @returns Nothing if the draw came out too long or without a parameter.
 */
export function drawProgram(seed: number, index: number): Program | undefined {
  const rng = rngStream(seed, "program", index);
  const d: Draw = { rng, level: 1, params: [], helpers: [] };
  const family: Family = weighted(d, FAMILIES.map((f) => [f.weight, f] as const));
  d.level = weighted(d, [[5, 1], [4, 2], [2, 3]]);
  const draft = family.draw(d);
  dropUnused(d, draft);
  if (d.params.length === 0) return undefined;
  const { code, problem } = write(d, draft);
  if (code.length > LONGEST.code || problem.length > LONGEST.problem) return undefined;
  const { name, heldOut } = family;
  const skeleton = sha256Hex(skeletonOf(code)).slice(0, 16);
  return { family: name, heldOut, level: d.level, params: d.params, code, problem, skeleton };
}
