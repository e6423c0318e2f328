/**
 * The table of mutation operators with their weights.
 *
 * Weights follow how often people make each mistake in small functions: boundaries, wrong variables and wrong initial
 * values first, structural slips after them. They are relative; an operator without a place to act is left out.
 *
 * @module
 */
import * as calls from "./calls.ts";
import * as expressions from "./expressions.ts";
import type { MutationOperator } from "./site.ts";
import * as statements from "./statements.ts";
import * as values from "./values.ts";

export * from "./site.ts";

/** An operator and its relative weight. */
export interface WeightedOperator {
  /** Finds the edits. */
  readonly operator: MutationOperator;
  /** Relative chance of being chosen where it has a place to act. */
  readonly weight: number;
}

/** Every single-edit mutation by its name, as it appears in operator histograms. */
export const MUTATION_OPERATORS: Readonly<Record<string, WeightedOperator>> = {
  "relational-swap": { operator: expressions.relationalSwap, weight: 10 },
  "arithmetic-swap": { operator: expressions.arithmeticSwap, weight: 6 },
  "logical-swap": { operator: expressions.logicalSwap, weight: 5 },
  "swapped-operands": { operator: expressions.swappedOperands, weight: 4 },
  "dropped-term": { operator: expressions.droppedTerm, weight: 6 },
  "negated-condition": { operator: expressions.negatedCondition, weight: 5 },
  "unary-change": { operator: expressions.unaryChange, weight: 3 },
  "assignment-swap": { operator: expressions.assignmentSwap, weight: 6 },
  "swapped-ternary": { operator: expressions.swappedTernary, weight: 2 },
  "off-by-one-number": { operator: values.offByOneNumber, weight: 8 },
  "off-by-one-bound": { operator: values.offByOneBound, weight: 8 },
  "off-by-one-index": { operator: values.offByOneIndex, weight: 4 },
  "wrong-loop-start": { operator: values.wrongLoopStart, weight: 6 },
  "wrong-loop-step": { operator: values.wrongLoopStep, weight: 2 },
  "wrong-initial-value": { operator: values.wrongInitialValue, weight: 8 },
  "wrong-variable": { operator: values.wrongVariable, weight: 9 },
  "wrong-return": { operator: values.wrongReturn, weight: 6 },
  "wrong-constant": { operator: values.wrongConstant, weight: 4 },
  "index-for-element": { operator: values.indexForElement, weight: 3 },
  "dropped-statement": { operator: statements.droppedStatement, weight: 6 },
  "dropped-guard": { operator: statements.droppedGuard, weight: 8 },
  "dropped-else": { operator: statements.droppedElse, weight: 4 },
  "swapped-branches": { operator: statements.swappedBranches, weight: 2 },
  "swapped-statements": { operator: statements.swappedStatements, weight: 3 },
  "early-return": { operator: statements.earlyReturn, weight: 3 },
  "misplaced-statement": { operator: statements.misplacedStatement, weight: 3 },
  "wrong-jump": { operator: statements.wrongJump, weight: 3 },
  "wrong-method": { operator: calls.wrongMethod, weight: 6 },
  "swapped-arguments": { operator: calls.swappedArguments, weight: 4 },
  "dropped-argument": { operator: calls.droppedArgument, weight: 3 },
  "dropped-call": { operator: calls.droppedCall, weight: 4 },
};
