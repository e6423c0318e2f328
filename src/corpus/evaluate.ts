/**
 * What running a batch of programs tells, and who can run one.
 *
 * Generation needs the value of every program, and of its mutants, on every candidate input: far more calls than a
 * verdict each would allow. A batch goes to the sandbox in one job.
 *
 * @module
 */
import type { Encoded } from "../tasks/mod.ts";

/** A program and the argument lists to call its entry function `f` with. */
export interface Calls {
  code: string;
  inputs: readonly (readonly Encoded[])[];
}

/** What one call did: returned, threw, or ran past its step budget. */
export type Outcome =
  | { kind: "value"; value: Encoded }
  | { kind: "threw"; message: string }
  | { kind: "endless" };

/**
 * Runs programs and returns one outcome per call, in order; `undefined` for a program that does not load or does
 * not end on several inputs.
 */
export type Evaluate = (batch: readonly Calls[]) => Promise<(Outcome[] | undefined)[]>;

/**
 * Whether a value stands for one that was too long to come back, or contains itself: `{"$": "Mark", "value": ...}`.
 * Equal values have equal marks.
 */
export function isMark(value: Encoded): boolean {
  return value !== null && typeof value === "object" && "$" in value && value["$"] === "Mark";
}
