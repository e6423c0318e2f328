/**
 * Names the mistake that leads from a right program to a wrong one.
 *
 * The names are those of `MUTATION_OPERATORS` where one fits, so that what a model breaks can be compared with what
 * generic mutations break; two coarse names (`multi-edit`, `rewrite`) cover larger changes.
 *
 * @module
 */
import type { AnyNode } from "acorn";
import { parseProgram } from "../canonical.ts";
import { diffTrees, isSwap, sameTree, type TreeChange } from "./tree_diff.ts";

/** Changes up to which an edit counts as several mistakes; beyond, it is a rewrite. */
const MOST_CHANGES = 3;

const RELATIONAL = /^(?:[<>]=?|[!=]==?)$/;

/**
 * The operator of the edit from `fixed` to `buggy`, two JavaScript programs.
 *
 * @returns An operator's name, `multi-edit` (two or three changes), `rewrite` (more) or `none`.
 * @throws {SyntaxError} If either does not parse.
 */
export function classifyEdit(fixed: string, buggy: string): string {
  const changes = diffTrees(parseProgram(fixed) as AnyNode, parseProgram(buggy) as AnyNode);
  if (changes.length === 0) return "none";
  if (changes.length > MOST_CHANGES) return "rewrite";
  return changes.length === 1 ? classifyChange(changes[0]!) : "multi-edit";
}

function classifyChange(change: TreeChange): string {
  const { before, after } = change;
  if (isSwap(before, after)) {
    return change.field === "arguments" ? "swapped-arguments" : "swapped-statements";
  }
  if (after.length === 0) return classifyRemoval(change);
  if (before.length === 0) return classifyInsertion(change);
  if (isUnguarded(before, after)) return "dropped-guard";
  if (before.length > 1 || after.length > 1) return "wrong-statement";
  return classifyReplacement(before[0]!, after[0]!, change);
}

function classifyRemoval({ before, field }: TreeChange): string {
  if (field === "alternate") return "dropped-else";
  if (field === "arguments" || field === "params") return "dropped-argument";
  if (field === "elements") return "wrong-constant";
  return before[0]!.type === "IfStatement" ? "dropped-guard" : "dropped-statement";
}

function classifyInsertion({ after, ancestors, field }: TreeChange): string {
  const inLoop = /^(For|While)/.test(ancestors.at(-2)?.type ?? "");
  if (after[0]!.type === "ReturnStatement" && inLoop) return "early-return";
  return field === "arguments" ? "swapped-arguments" : "added-statement";
}

/** Whether a lone `if` gave way to what it guarded. */
function isUnguarded(before: readonly AnyNode[], after: readonly AnyNode[]): boolean {
  const [guard] = before;
  if (before.length !== 1 || guard?.type !== "IfStatement" || guard.alternate) return false;
  const body = guard.consequent.type === "BlockStatement"
    ? guard.consequent.body
    : [guard.consequent];
  return sameTree(body, after) || (after.length === 1 && sameTree(guard.consequent, after[0]));
}

function classifyReplacement(a: AnyNode, b: AnyNode, change: TreeChange): string {
  return byStatement(a, b) ?? byOperation(a, b, change) ?? byPosition(a, b, change) ??
    (a.type.endsWith("Statement") ? "wrong-statement" : "wrong-expression");
}

function byStatement(a: AnyNode, b: AnyNode): string | undefined {
  if (/^(Break|Continue)Statement$/.test(a.type)) return "wrong-jump";
  if (a.type !== "IfStatement") return undefined;
  if (b.type !== "IfStatement") return "wrong-statement";
  if (a.alternate && isSwap([a.consequent, a.alternate], [b.consequent, b.alternate!])) {
    return "swapped-branches";
  }
  return undefined;
}

function byOperation(a: AnyNode, b: AnyNode, { field }: TreeChange): string | undefined {
  if (isNegationOf(a, b) || isNegationOf(b, a)) {
    return field === "test" ? "negated-condition" : "unary-change";
  }
  if (operands(a).some((operand) => sameTree(operand, b))) return lessThan(a);
  if (isOneOff(a, b) || isOneOff(b, a)) {
    return field === "property" ? "off-by-one-index" : "off-by-one-bound";
  }
  if (operands(b).some((operand) => sameTree(operand, a))) return moreThan(b);
  if (a.type !== b.type) return undefined;
  if (a.type === "AssignmentExpression") return "assignment-swap";
  if (a.type === "ConditionalExpression") return "swapped-ternary";
  if (a.type === "UpdateExpression" && field !== "update") return "unary-change";
  if (a.type !== "BinaryExpression" && a.type !== "LogicalExpression") return undefined;
  const [left, right] = [operands(a), operands(b)];
  if (isSwap(left, right)) return "swapped-operands";
  if (!sameTree(left, right)) return undefined;
  if (a.type === "LogicalExpression") return "logical-swap";
  return RELATIONAL.test(a.operator) ? "relational-swap" : "arithmetic-swap";
}

function byPosition(a: AnyNode, b: AnyNode, { ancestors, field }: TreeChange): string | undefined {
  const parent = ancestors.at(-1);
  if (field === "update") return "wrong-loop-step";
  if (parent?.type === "VariableDeclarator" && field === "init") {
    return ancestors.at(-3)?.type === "ForStatement" ? "wrong-loop-start" : "wrong-initial-value";
  }
  if (a.type === "Identifier" && b.type === "Identifier") {
    const method = parent?.type === "MemberExpression" && !parent.computed && field === "property";
    return method ? "wrong-method" : "wrong-variable";
  }
  if (parent?.type === "ReturnStatement") return "wrong-return";
  if (a.type !== "Literal" || b.type !== "Literal") return undefined;
  return typeof a.value === "number" && Math.abs(a.value - Number(b.value)) === 1
    ? "off-by-one-number"
    : "wrong-constant";
}

/** What an expression is made of, where one part could stand alone. */
function operands(node: AnyNode): AnyNode[] {
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
      return [node.left, node.right];
    case "UnaryExpression":
    case "SpreadElement":
      return [node.argument];
    case "MemberExpression":
      return node.computed ? [node.property] : [];
    case "ConditionalExpression":
      return [node.consequent, node.alternate];
    case "CallExpression": {
      const object = node.callee.type === "MemberExpression" ? [node.callee.object] : [];
      return [...object, ...node.arguments];
    }
    case "ArrayExpression":
      return node.elements.flatMap((item) => item?.type === "SpreadElement" ? [item.argument] : []);
    default:
      return [];
  }
}

/** The name for an expression of which one part was left standing. */
function lessThan(whole: AnyNode): string {
  switch (whole.type) {
    case "MemberExpression":
      return "index-for-element";
    case "UnaryExpression":
      return "unary-change";
    case "CallExpression":
    case "ArrayExpression":
      return "dropped-call";
    default:
      return "dropped-term";
  }
}

/** The name for an expression of which the right one is only a part. */
function moreThan(whole: AnyNode): string {
  return whole.type === "CallExpression" ? "added-call" : "added-term";
}

function isNegationOf(a: AnyNode, b: AnyNode): boolean {
  return b.type === "UnaryExpression" && b.operator === "!" && sameTree(a, b.argument);
}

/** Whether `b` is `a + 1` or `a - 1`. */
function isOneOff(a: AnyNode, b: AnyNode): boolean {
  return b.type === "BinaryExpression" && /^[+-]$/.test(b.operator) && sameTree(a, b.left) &&
    b.right.type === "Literal" && b.right.value === 1;
}
