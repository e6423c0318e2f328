/**
 * Mutations of calls: the wrong method, swapped or forgotten arguments, a forgotten call.
 *
 * @module
 */
import type { AnyNode } from "acorn";
import { type Edit, type MutationOperator, parentOf, replaceNode, textOf } from "./site.ts";

/** Methods and `Math` functions that people mistake for each other. */
const CONFUSED: readonly (readonly string[])[] = [
  ["push", "unshift"],
  ["pop", "shift"],
  ["slice", "splice"],
  ["slice", "substring"],
  ["indexOf", "lastIndexOf"],
  ["indexOf", "includes"],
  ["map", "filter"],
  ["map", "forEach"],
  ["map", "flatMap"],
  ["some", "every"],
  ["find", "filter"],
  ["find", "findIndex"],
  ["find", "findLast"],
  ["keys", "values"],
  ["values", "entries"],
  ["concat", "push"],
  ["min", "max"],
  ["floor", "ceil"],
  ["floor", "round"],
  ["floor", "trunc"],
  ["toUpperCase", "toLowerCase"],
  ["startsWith", "endsWith"],
  ["startsWith", "includes"],
  ["padStart", "padEnd"],
  ["trim", "trimEnd"],
  ["replace", "replaceAll"],
  ["charAt", "charCodeAt"],
  ["has", "get"],
  ["add", "delete"],
  ["reduce", "reduceRight"],
  ["parseInt", "parseFloat"],
];

/** Functions of one value whose omission often goes unnoticed. */
const FORGETTABLE = new Set(["floor", "ceil", "round", "abs", "trunc", "Number", "String"]);

/** Methods without arguments whose omission often goes unnoticed. */
const FORGETTABLE_METHODS = new Set([
  "trim",
  "reverse",
  "sort",
  "toLowerCase",
  "toUpperCase",
  "slice",
  "filter",
  "flat",
]);

/** A method that people mistake for the right one. */
export const wrongMethod: MutationOperator = ({ node, ancestors }) => {
  const parent = ancestors.at(-1);
  if (node.type !== "MemberExpression" || node.computed || node.property.type !== "Identifier") {
    return [];
  }
  if (parent?.type !== "CallExpression" || parent.callee !== node) return [];
  const name = node.property;
  return CONFUSED.filter((pair) => pair.includes(name.name))
    .map((pair) => replaceNode(name, pair.find((other) => other !== name.name)!, false));
};

/** Two neighbouring arguments, exchanged. */
export const swappedArguments: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "CallExpression" && node.type !== "NewExpression") return [];
  const edits: Edit[] = [];
  for (let i = 0; i + 1 < node.arguments.length; i++) {
    const [a, b] = [node.arguments[i]!, node.arguments[i + 1]!];
    if (isFunction(a) || isFunction(b)) continue;
    edits.push({ start: a.start, end: b.end, text: `${textOf(site, b)}, ${textOf(site, a)}` });
  }
  return edits;
};

/** The last argument of several, left out; or a comparison left out of a sort. */
export const droppedArgument: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "CallExpression" || node.arguments.length === 0) return [];
  const last = node.arguments.at(-1)!;
  const before = node.arguments.at(-2);
  if (before) return [{ start: before.end, end: last.end, text: "" }];
  const sorts = node.callee.type === "MemberExpression" &&
    node.callee.property.type === "Identifier" &&
    ["sort", "toSorted", "slice"].includes(node.callee.property.name);
  return sorts ? [replaceNode(last, "", false)] : [];
};

/** A rounding, a conversion, a copy or a method in a chain, left out. */
export const droppedCall: MutationOperator = (site) => {
  const { node } = site;
  if (node.type === "ArrayExpression" && node.elements.length === 1) {
    const only = node.elements[0];
    return only?.type === "SpreadElement" ? [replaceNode(node, textOf(site, only.argument))] : [];
  }
  if (node.type !== "CallExpression" || parentOf(site)?.type === "ExpressionStatement") return [];
  const name = calleeName(node.callee);
  const [argument] = node.arguments;
  if (name !== undefined && FORGETTABLE.has(name) && argument) {
    return [replaceNode(node, textOf(site, argument))];
  }
  const chained = node.callee.type === "MemberExpression" && FORGETTABLE_METHODS.has(name ?? "");
  return chained
    ? [replaceNode(node, textOf(site, (node.callee as { object: AnyNode }).object))]
    : [];
};

function calleeName(callee: AnyNode): string | undefined {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.computed) return undefined;
  return callee.property.type === "Identifier" ? callee.property.name : undefined;
}

function isFunction(node: AnyNode): boolean {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}
