/**
 * Which names of a program its tests may use.
 *
 * @module
 */
import type { ProgramJob } from "./types.ts";

const IDENTIFIERS = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;
const RESERVED = new Set(
  ("await break case catch class const continue debugger default delete do else enum export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return " +
    "static super switch this throw true try typeof var void while with yield arguments eval async of undefined NaN " +
    "Infinity globalThis").split(" "),
);

/** The names that tests may want of the program: those given, and every name that occurs in them. */
export function wantedNames(job: ProgramJob): string[] {
  const occurring = [...job.tests.matchAll(IDENTIFIERS)].map(([name]) => name);
  const names = new Set([...(job.entry ? [job.entry] : []), ...job.exports ?? [], ...occurring]);
  return [...names].filter((name) => !RESERVED.has(name));
}
