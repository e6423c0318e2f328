/**
 * The anchor that a method is measured by.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";
import type { Method } from "../config/mod.ts";
import { type Anchor, type AnchorParts, openAnchor } from "./anchor.ts";
import { METHODS } from "./methods.ts";
import { type Reference, referenceEdits, shuffleEdits } from "./references.ts";

/**
 * Opens the anchor over the references; in `placebo` over edits shuffled out of them.
 *
 * Methods without a similarity reward have one too: their bugs are scored for the record.
 *
 * @param rng Decides the shuffling; must be the same when a run is resumed.
 * @throws {RangeError} If there are no references.
 */
export async function openMethodAnchor(
  method: Method,
  references: readonly Reference[],
  parts: AnchorParts & { readonly rng: Rng },
): Promise<Anchor> {
  const edits = referenceEdits(references);
  const shuffled = METHODS[method].shuffledReferences;
  return await openAnchor(shuffled ? shuffleEdits(edits, parts.rng) : edits, parts);
}
