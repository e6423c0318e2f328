/**
 * The skeleton of a program: its canonical form with names and literals abstracted away.
 *
 * Two programs with one skeleton have the same statements, operators and calls in the same order. Corpora are split by
 * skeleton, so that a test program differs from every training program in structure, not in a constant.
 *
 * @module
 */
import type { AnyNode, Node } from "acorn";
import { parseProgram, printProgram, walkNodes } from "./canonical.ts";

/** Names of the language that mean something by themselves and stay. */
const KEPT = new Set(
  ("Array Object String Number Boolean Math JSON Map Set Date BigInt Symbol RegExp Infinity NaN undefined " +
    "parseInt parseFloat isNaN isFinite").split(" "),
);

/** Property names stay where they are methods or fields of the language: after a dot, not computed. */
function keptNodes(tree: Node): Set<Node> {
  const kept = new Set<Node>();
  walkNodes(tree, (node) => {
    if (node.type === "MemberExpression" && !node.computed) kept.add(node.property);
    if (node.type === "Property" && !node.computed && !node.shorthand) kept.add(node.key);
  });
  return kept;
}

function abstractLiteral(node: AnyNode & { type: "Literal" }): void {
  if (typeof node.value === "boolean" || node.value === null) return;
  if (typeof node.value === "number" || typeof node.value === "bigint") {
    Object.assign(node, { value: 0, raw: "0", bigint: undefined });
  } else {
    Object.assign(node, { value: "", raw: '""', regex: undefined });
  }
}

/**
 * The skeleton of JavaScript code: variables become `v`, numbers `0`, strings and patterns `""`.
 *
 * @throws {SyntaxError} If the code does not parse.
 */
export function skeletonOf(code: string): string {
  const tree = parseProgram(code);
  const kept = keptNodes(tree);
  walkNodes(tree, (node) => {
    if (node.type === "Identifier" && !kept.has(node) && !KEPT.has(node.name)) node.name = "v";
    if (node.type === "Literal") abstractLiteral(node);
    if (node.type === "TemplateElement") node.value = { raw: "", cooked: "" };
  });
  return printProgram(tree);
}
