/**
 * The form of the hostile programs.
 *
 * @module
 */
import type { Language } from "../../../src/sandbox/mod.ts";

/** A program that defines `add` and must not pass. */
export interface Hostile {
  readonly name: string;
  readonly source: string;
  /** JavaScript unless said otherwise. */
  readonly language?: Language;
}
