/**
 * Why an edit is not saved, in words for the person who made it.
 *
 * @module
 */
import { Rejection } from "../tasks/mod.ts";

const WORDS: Readonly<Record<Rejection, string>> = {
  [Rejection.NO_CODE]: "There is no program.",
  [Rejection.MANY_BLOCKS]: "There is more than one program.",
  [Rejection.TRUNCATED]: "The program is cut off.",
  [Rejection.SYNTAX]: "The program does not parse.",
  [Rejection.UNCHANGED]: "Only layout or comments differ from where you started.",
  [Rejection.SIGNATURE]: "The name or the parameters of the entry have changed.",
  [Rejection.IMPORTS]: "The imports have changed.",
  [Rejection.TOO_LARGE]: "Too much has changed: at most 12 lines, or 40 % of them, may.",
  [Rejection.FORBIDDEN]:
    "It uses randomness, time, input, output, reflection or test machinery, which it did not before.",
  [Rejection.LOAD_ERROR]: "It fails while it is loaded, before any test.",
  [Rejection.CRASH]: "Its process ends in the middle of the tests.",
  [Rejection.ENDLESS]: "It runs out of time or memory, and fails no test before.",
  [Rejection.UNSUPPORTED]: "It cannot be run here.",
  [Rejection.PASSES]: "It passes every test.",
  [Rejection.FLAKY]: "It fails other tests on a second run.",
  [Rejection.ARCHIVED]: "This bug is saved already.",
  [Rejection.REFERENCE]: "This bug is known already.",
};

/** A sentence about a reason of the gate. */
export function refusalText(reason: Rejection): string {
  return WORDS[reason];
}
