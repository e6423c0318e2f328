/**
 * All families of programs, each a rule that draws one program, with its share of the corpus.
 *
 * @module
 */
import type { Draft, Draw } from "../draft.ts";
import { adjacent } from "./adjacent.ts";
import { branch } from "./branch.ts";
import { build } from "./build.ts";
import { couplesAndTables } from "./couples.ts";
import { digits } from "./digits.ts";
import { fold } from "./fold.ts";
import { matrix } from "./matrix.ts";
import { nested } from "./nested.ts";
import { parsing } from "./parsing.ts";
import { pointers } from "./pointers.ts";
import { process } from "./process.ts";
import { range } from "./range.ts";
import { recursion } from "./recursion.ts";
import { scan } from "./scan.ts";
import { search } from "./search.ts";
import { sorting } from "./sorting.ts";
import { spell } from "./spell.ts";
import { steps } from "./steps.ts";
import { tally } from "./tally.ts";
import { windows } from "./windows.ts";
import { wording } from "./wording.ts";
import { zipping } from "./zipping.ts";

/** A kind of program. */
export interface Family {
  name: string;
  /** Share among the draws, relative to the others. */
  weight: number;
  /** Whether no program of this family is ever trained on. */
  heldOut: boolean;
  draw: (d: Draw) => Draft;
}

const family = (name: string, weight: number, draw: Family["draw"], heldOut = false): Family => ({
  name,
  weight,
  heldOut,
  draw,
});

/** The families in a fixed order. */
export const FAMILIES: readonly Family[] = [
  family("fold", 3, fold),
  family("build", 2.5, build),
  family("search", 2, search),
  family("steps", 2, steps),
  family("branch", 2, branch),
  family("scan", 2, scan),
  family("spell", 2, spell),
  family("digits", 1.5, digits),
  family("recursion", 1.5, recursion),
  family("nested", 1.2, nested),
  family("couples", 1.5, couplesAndTables),
  family("adjacent", 2, adjacent),
  family("tally", 2, tally),
  family("sorting", 1.2, sorting),
  family("range", 2, range),
  family("process", 1.5, process),
  family("parsing", 1.5, parsing),
  family("windows", 1.5, windows),
  family("zipping", 1.5, zipping),
  family("matrix", 0.4, matrix, true),
  family("pointers", 0.4, pointers, true),
  family("wording", 0.4, wording, true),
];
