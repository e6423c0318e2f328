/**
 * Mutations of values: numbers one off, wrong initial values, wrong variables, wrong results.
 *
 * @module
 */
import type { AnyNode } from "acorn";
import {
  type Edit,
  isVariableRead,
  type MutationOperator,
  parentOf,
  replaceNode,
  type Site,
  textOf,
  visibleNames,
} from "./site.ts";

/** A number literal one too large or one too small. */
export const offByOneNumber: MutationOperator = (site) => {
  const value = numberOf(site.node);
  if (value === undefined || !Number.isInteger(value) || isLoopStart(site)) return [];
  const others = value === 0 ? [1] : [value - 1, value + 1];
  return others.map((other) => replaceNode(site.node, String(other), false));
};

/** A length or a loop's bound one too large or one too small. */
export const offByOneBound: MutationOperator = (site) => {
  const { node } = site;
  const parent = parentOf(site);
  const length = node.type === "MemberExpression" && !node.computed &&
    node.property.type === "Identifier" && node.property.name === "length";
  const bound = parent?.type === "BinaryExpression" && parent.right === node &&
    parent.operator.startsWith("<") && site.ancestors.at(-2)?.type === "ForStatement" &&
    numberOf(node) === undefined;
  if (!bound && !(length && parent?.type !== "AssignmentExpression")) return [];
  const text = textOf(site, node);
  return [replaceNode(node, `${text} - 1`), replaceNode(node, `${text} + 1`)];
};

/** `a[i + 1]` or `a[i - 1]` for `a[i]`. */
export const offByOneIndex: MutationOperator = (site) => {
  const parent = parentOf(site);
  if (parent?.type !== "MemberExpression" || !parent.computed || parent.property !== site.node) {
    return [];
  }
  if (site.node.type === "Literal") return [];
  const text = textOf(site, site.node);
  return [replaceNode(site.node, `(${text}) - 1`), replaceNode(site.node, `(${text}) + 1`)];
};

/** A loop that begins at another index. */
export const wrongLoopStart: MutationOperator = (site) => {
  if (!isLoopStart(site)) return [];
  const value = numberOf(site.node);
  if (value !== undefined) {
    return (value === 0 ? [1] : [value - 1, value + 1])
      .map((other) => replaceNode(site.node, String(other), false));
  }
  const { node } = site;
  const minusOne = node.type === "BinaryExpression" && node.operator === "-" &&
    numberOf(node.right) === 1;
  return [replaceNode(node, minusOne ? textOf(site, node.left) : `(${textOf(site, node)}) + 1`)];
};

/** A loop that advances by another step. */
export const wrongLoopStep: MutationOperator = (site) => {
  const { node } = site;
  const parent = parentOf(site);
  if (parent?.type !== "ForStatement" || parent.update !== node) return [];
  if (node.type === "UpdateExpression") {
    return [replaceNode(node, `${textOf(site, node.argument)} ${node.operator[0]}= 2`, false)];
  }
  if (node.type !== "AssignmentExpression") return [];
  const [target, step] = [textOf(site, node.left), textOf(site, node.right)];
  const sign = node.operator[0];
  return [
    replaceNode(node, `${target}${sign}${sign}`, false),
    replaceNode(node, `${target} ${node.operator} ${step} + 1`, false),
  ].filter(() => node.operator === "+=" || node.operator === "-=");
};

/** A variable that starts from a wrong value. */
export const wrongInitialValue: MutationOperator = (site) => {
  const { node } = site;
  const parent = parentOf(site);
  if (parent?.type !== "VariableDeclarator" || parent.init !== node || isLoopStart(site)) return [];
  const text = textOf(site, node);
  return initialAlternatives(site, node)
    .filter((other) => other !== text)
    .map((other) => replaceNode(node, other, false));
};

/** Another variable in scope read in place of the right one. */
export const wrongVariable: MutationOperator = (site) => {
  const { node } = site;
  if (!isVariableRead(site) || node.type !== "Identifier") return [];
  const names = visibleNames(site);
  if (!names.includes(node.name)) return [];
  return names.filter((name) => name !== node.name).map((name) => replaceNode(node, name, false));
};

/** A result that is another variable, a part of the right expression, or its opposite. */
export const wrongReturn: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "ReturnStatement" || !node.argument) return [];
  const argument = node.argument;
  const returned = (text: string): Edit => replaceNode(argument, text);
  const edits = visibleNames(site)
    .filter((name) => name !== textOf(site, argument))
    .map(returned);
  if (argument.type === "CallExpression" && argument.callee.type === "MemberExpression") {
    edits.push(returned(textOf(site, argument.callee.object)));
  }
  if (argument.type === "ConditionalExpression") {
    edits.push(
      returned(textOf(site, argument.consequent)),
      returned(textOf(site, argument.alternate)),
    );
  }
  if (argument.type === "ArrayExpression") edits.push(returned("[]"));
  return edits;
};

/** A boolean or a text constant that is not the right one. */
export const wrongConstant: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "Literal" || parentOf(site)?.type === "Property") return [];
  if (typeof node.value === "boolean") return [replaceNode(node, String(!node.value), false)];
  if (typeof node.value !== "string") return [];
  const value = node.value;
  const others = value === ""
    ? [" "]
    : value.length === 1
    ? [value === " " ? "" : " ", value.toUpperCase(), value.toLowerCase()]
    : [value.slice(1), value.slice(0, -1), value.toUpperCase(), ""];
  return others.filter((other) => other !== value)
    .map((other) => replaceNode(node, JSON.stringify(other), false));
};

/** The index used where the element was meant. */
export const indexForElement: MutationOperator = (site) => {
  const { node } = site;
  const assigned = parentOf(site);
  if (node.type !== "MemberExpression" || !node.computed) return [];
  if (node.property.type !== "Identifier") return [];
  if (assigned?.type === "AssignmentExpression" && assigned.left === node) return [];
  if (assigned?.type === "UpdateExpression" || assigned?.type === "MemberExpression") return [];
  return [replaceNode(node, textOf(site, node.property))];
};

function initialAlternatives(site: Site, node: AnyNode): string[] {
  const value = numberOf(node);
  if (value === 0) return ["1", "-1"];
  if (value !== undefined) return ["0", String(value + 1), String(value - 1)];
  const text = textOf(site, node);
  if (text === "Infinity" || text === "-Infinity") {
    return ["0", text === "Infinity" ? "-Infinity" : "Infinity"];
  }
  if (text === "true" || text === "false") return [text === "true" ? "false" : "true"];
  if (node.type === "MemberExpression" && node.computed) return ["0", textOf(site, node.object)];
  if (node.type === "MemberExpression") return ["0", `${text} - 1`];
  if (node.type === "ArrayExpression" && node.elements.length === 0) return ["[0]"];
  if (node.type === "ArrayExpression") return ["[]"];
  return [];
}

function isLoopStart(site: Site): boolean {
  const [declaration, loop] = [site.ancestors.at(-2), site.ancestors.at(-3)];
  const parent = parentOf(site);
  return parent?.type === "VariableDeclarator" && parent.init === site.node &&
    loop?.type === "ForStatement" && loop.init === declaration;
}

function numberOf(node: AnyNode): number | undefined {
  return node.type === "Literal" && typeof node.value === "number" ? node.value : undefined;
}
