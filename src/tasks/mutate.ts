/**
 * Generic mutations of a JavaScript program: one plausible mistake, sometimes two.
 *
 * Used for pretraining examples and for the AST-mutation arm. Nothing is run here: whether a mutant fails its tests is
 * for the validity gate to say.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";
import { canonicalForm } from "./canonical.ts";
import { applyEdit, type Edit, listSites, MUTATION_OPERATORS } from "./mutations/mod.ts";

/** A mutated program. */
export interface Mutation {
  /** The program in canonical form. */
  readonly code: string;
  /** A name of `MUTATION_OPERATORS`, or `multi-edit`. */
  readonly operator: string;
}

/** Name of a mutation made of several single ones. */
export const MULTI_EDIT = "multi-edit";

/** Share of mutants that carry two edits. */
const MULTI_EDIT_SHARE = 0.15;

/** Draws that may end in an unparsable or unchanged program before the program counts as having no mutation. */
const ATTEMPTS = 12;

/**
 * Puts one mistake, or with chance 0.15 two, into a program.
 *
 * @param code A script that parses.
 * @param rng Decides the operator (by weight, among those with a place to act) and the place (uniformly).
 * @returns The mutant, different from the program in canonical form; or undefined where nothing can be mutated.
 * @throws {SyntaxError} If `code` does not parse.
 */
export function mutate(code: string, rng: Rng): Mutation | undefined {
  const original = canonicalForm(code, "js");
  const first = mutateOnce(original, rng, original);
  if (first === undefined || rng.next() >= MULTI_EDIT_SHARE) return first;
  const second = mutateOnce(first.code, rng, original);
  return second === undefined ? first : { code: second.code, operator: MULTI_EDIT };
}

/** Every single-edit mutant of a program, by operator, without duplicates and without the program itself. */
export function listMutations(code: string): Mutation[] {
  const original = canonicalForm(code, "js");
  const seen = new Set([original]);
  const mutants: Mutation[] = [];
  for (const [operator, edits] of editsByOperator(original)) {
    for (const edit of edits) {
      const mutant = tryEdit(original, edit);
      if (mutant === undefined || seen.has(mutant)) continue;
      seen.add(mutant);
      mutants.push({ code: mutant, operator });
    }
  }
  return mutants;
}

function mutateOnce(source: string, rng: Rng, original: string): Mutation | undefined {
  const choices = editsByOperator(source);
  if (choices.size === 0) return undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const operator = pickWeighted([...choices.keys()], rng);
    const code = tryEdit(source, rng.pick(choices.get(operator)!));
    if (code !== undefined && code !== source && code !== original) return { code, operator };
  }
  return undefined;
}

function editsByOperator(source: string): Map<string, Edit[]> {
  const sites = listSites(source);
  const edits = new Map<string, Edit[]>();
  for (const [name, { operator }] of Object.entries(MUTATION_OPERATORS)) {
    const found = sites.flatMap((site) => operator(site));
    if (found.length > 0) edits.set(name, found);
  }
  return edits;
}

function pickWeighted(names: readonly string[], rng: Rng): string {
  const weightOf = (name: string): number => MUTATION_OPERATORS[name]!.weight;
  let rest = rng.next() * names.reduce((sum, name) => sum + weightOf(name), 0);
  return names.find((name) => (rest -= weightOf(name)) < 0) ?? names.at(-1)!;
}

/** The edited program in canonical form, or undefined where the edit made it unparsable. */
function tryEdit(source: string, edit: Edit): string | undefined {
  try {
    return canonicalForm(applyEdit(source, edit), "js");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
