/**
 * The split of a corpus: by skeleton, so that no structure is both trained on and tested.
 *
 * @module
 */
import type { Split } from "../tasks/mod.ts";

/** Of 128 equal shares of the skeletons, those for testing and those for validation; the rest is for training. */
const SHARES = { test: 10, validation: 6 } as const;

/**
 * The part of the corpus that a program belongs to: a function of its skeleton alone, unless its family is held out.
 *
 * @param program `skeleton` is a hash in hexadecimal digits.
 */
export function splitOf(program: { skeleton: string; heldOut: boolean }): Split {
  if (program.heldOut) return "heldout-family";
  const share = parseInt(program.skeleton.slice(0, 4), 16) % 128;
  if (share < SHARES.test) return "test";
  return share < SHARES.test + SHARES.validation ? "validation" : "train";
}
