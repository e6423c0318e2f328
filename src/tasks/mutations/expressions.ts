/**
 * Mutations of operators and operands: the wrong comparison, the wrong sign, the forgotten term.
 *
 * @module
 */
import type { AnyNode, BinaryExpression, Expression, LogicalExpression } from "acorn";
import {
  type Edit,
  type MutationOperator,
  parentOf,
  replaceNode,
  type Site,
  textOf,
} from "./site.ts";

const RELATIONAL: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">", "<="],
  "<=": ["<", ">=", "<"],
  ">": [">=", "<", ">="],
  ">=": [">", "<=", ">"],
  "===": ["!=="],
  "!==": ["==="],
  "==": ["!="],
  "!=": ["=="],
};

const ARITHMETIC: Readonly<Record<string, readonly string[]>> = {
  "+": ["-", "*"],
  "-": ["+"],
  "*": ["+", "/", "**"],
  "/": ["*", "%"],
  "%": ["/"],
  "**": ["*"],
  "&": ["|"],
  "|": ["&", "^"],
  "^": ["|"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": [">>"],
};

const LOGICAL: Readonly<Record<string, readonly string[]>> = {
  "&&": ["||"],
  "||": ["&&"],
  "??": ["||", "&&"],
};

const NON_COMMUTATIVE = new Set(["-", "/", "%", "**", "<", "<=", ">", ">=", "<<", ">>", "+"]);

/** `<` for `<=`, `===` for `!==`, and the like. */
export const relationalSwap: MutationOperator = (site) => swapOperator(site, RELATIONAL);

/** `+` for `-`, `*` for `/`, and the like. */
export const arithmeticSwap: MutationOperator = (site) => swapOperator(site, ARITHMETIC);

/** `&&` for `||`, and the like. */
export const logicalSwap: MutationOperator = (site) => swapOperator(site, LOGICAL);

/** `b - a` for `a - b`; a sum only where a string is joined. */
export const swappedOperands: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "BinaryExpression" || !NON_COMMUTATIVE.has(node.operator)) return [];
  if (node.operator === "+" && !isText(node.left) && !isText(node.right)) return [];
  return [binary(site, node.right, node.operator, node.left, node)];
};

/** `a` for `a + b`, `a && b` and the like: one term is forgotten. */
export const droppedTerm: MutationOperator = (site) => {
  const { node } = site;
  if (node.type === "LogicalExpression") return [keep(site, node.left), keep(site, node.right)];
  if (node.type !== "BinaryExpression" || !(node.operator in ARITHMETIC)) return [];
  return node.left.type === "PrivateIdentifier"
    ? []
    : [keep(site, node.left), keep(site, node.right)];
};

/** The condition of an `if`, a `while` or a conditional expression, negated. */
export const negatedCondition: MutationOperator = (site) => {
  const { node } = site;
  const parent = parentOf(site);
  if (parent === undefined || !("test" in parent) || parent.test !== node) return [];
  if (parent.type === "ForStatement" || parent.type === "SwitchCase") return [];
  if (node.type === "UnaryExpression" && node.operator === "!") return [keep(site, node.argument)];
  return [replaceNode(node, `!(${textOf(site, node)})`)];
};

/** The sign or the `!` of an operand forgotten, or a counter counted the other way. */
export const unaryChange: MutationOperator = (site) => {
  const { node } = site;
  if (node.type === "UnaryExpression" && (node.operator === "-" || node.operator === "!")) {
    return [keep(site, node.argument)];
  }
  const inFor = parentOf(site)?.type === "ForStatement";
  if (node.type !== "UpdateExpression" || inFor) return [];
  const target = textOf(site, node.argument);
  const other = node.operator === "++" ? "--" : "++";
  return [replaceNode(node, node.prefix ? other + target : target + other, false)];
};

/** `=` for `+=`, `+=` for `-=`, and the like. */
export const assignmentSwap: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "AssignmentExpression" || parentOf(site)?.type === "ForStatement") return [];
  const others = {
    "=": node.right.type === "ArrayExpression" ? [] : ["+="],
    "+=": ["=", "-="],
    "-=": ["=", "+="],
    "*=": ["=", "+="],
    "/=": ["=", "*="],
    "%=": ["/="],
  }[node.operator as string] ?? [];
  const [left, right] = [textOf(site, node.left), textOf(site, node.right)];
  return others.map((operator) => replaceNode(node, `${left} ${operator} ${right}`));
};

/** The two results of a conditional expression, exchanged. */
export const swappedTernary: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "ConditionalExpression") return [];
  const [test, yes, no] = [node.test, node.consequent, node.alternate].map((n) => textOf(site, n));
  return [replaceNode(node, `${test} ? (${no}) : (${yes})`)];
};

function swapOperator(
  site: Site,
  table: Readonly<Record<string, readonly string[]>>,
): readonly Edit[] {
  const { node } = site;
  if (node.type !== "BinaryExpression" && node.type !== "LogicalExpression") return [];
  const text = isText(node.left) || isText(node.right);
  const others = text && node.operator === "+" ? [] : table[node.operator] ?? [];
  return others.map((operator) => binary(site, node.left, operator, node.right, node));
}

function binary(
  site: Site,
  left: AnyNode,
  operator: string,
  right: AnyNode,
  whole: BinaryExpression | LogicalExpression,
): Edit {
  return replaceNode(whole, `(${textOf(site, left)}) ${operator} (${textOf(site, right)})`);
}

function keep(site: Site, kept: Expression): Edit {
  return replaceNode(site.node, textOf(site, kept));
}

function isText(node: AnyNode): boolean {
  return node.type === "TemplateLiteral" ||
    (node.type === "Literal" && typeof node.value === "string");
}
