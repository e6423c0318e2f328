/**
 * Why a candidate bug is no valid bug.
 *
 * @module
 */

/** Reasons in the order in which they are checked. */
export const Rejection = {
  /** The reply holds no code. */
  NO_CODE: "no-code",
  /** The reply holds more than one code block. */
  MANY_BLOCKS: "many-blocks",
  /** The reply was cut off before its end. */
  TRUNCATED: "truncated",
  /** The code does not parse. */
  SYNTAX: "syntax",
  /** The code is the solution, up to layout and comments. */
  UNCHANGED: "unchanged",
  /** The entry is missing or takes other parameters. */
  SIGNATURE: "signature",
  /** The code imports other modules than the solution. */
  IMPORTS: "imports",
  /** More lines changed than a bug may change. */
  TOO_LARGE: "too-large",
  /** Newly uses randomness, time, input or output, exit, reflection or test machinery. */
  FORBIDDEN: "forbidden",
  /** Throws while it is loaded, or defines no entry. */
  LOAD_ERROR: "load-error",
  /** Its process ended or answered nonsense in the middle of the tests. */
  CRASH: "crash",
  /** Runs out of time or memory on a test, and fails none before it. */
  ENDLESS: "endless",
  /** Cannot be run here. */
  UNSUPPORTED: "unsupported",
  /** Passes every test. */
  PASSES: "passes",
  /** Fails other tests on the second run. */
  FLAKY: "flaky",
  /** Was made before. */
  ARCHIVED: "archived",
  /** Is one of the reference bugs. */
  REFERENCE: "reference",
} as const;

/** A reason why a candidate is no valid bug. */
export type Rejection = typeof Rejection[keyof typeof Rejection];
