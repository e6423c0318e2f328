/**
 * One-word hints: the kinds of mistakes a micro model is taught to make on request.
 *
 * @module
 */

/** Operators of `classifyEdit` by the word that asks for them. */
const OPERATORS_OF: Readonly<Record<string, readonly string[]>> = {
  bound: ["off-by-one-bound", "off-by-one-index", "wrong-loop-start", "wrong-loop-step"],
  sign: ["relational-swap", "arithmetic-swap", "logical-swap", "unary-change", "assignment-swap"],
  name: ["wrong-variable", "index-for-element"],
  value: ["off-by-one-number", "wrong-constant", "wrong-initial-value"],
  order: [
    "swapped-arguments",
    "swapped-branches",
    "swapped-operands",
    "swapped-statements",
    "swapped-ternary",
    "misplaced-statement",
  ],
  guard: ["dropped-guard", "negated-condition", "dropped-else"],
  step: ["dropped-statement", "added-statement", "wrong-statement", "dropped-term"],
  return: ["early-return", "wrong-return", "wrong-jump"],
  call: ["wrong-method", "dropped-call", "dropped-argument", "wrong-expression"],
  rewrite: ["multi-edit", "rewrite"],
};

const HINT_OF = new Map(
  Object.entries(OPERATORS_OF).flatMap(([hint, names]) => names.map((name) => [name, hint])),
);

/** Every hint. */
export const HINTS: readonly string[] = Object.keys(OPERATORS_OF);

/** The hint that asks for an operator of `classifyEdit`; empty for one that no hint covers. */
export function hintOf(operator: string): string {
  return HINT_OF.get(operator) ?? "";
}
