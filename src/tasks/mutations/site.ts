/**
 * Where a mutation can happen: the nodes of a program with their surroundings, and the textual edit that changes one.
 *
 * Edits are text over the source and not changes of the tree, so that nothing has to be cloned; the caller prints the
 * edited text in canonical form, which also removes needless parentheses.
 *
 * @module
 */
import type { AnyNode, Pattern } from "acorn";
import { parseProgram } from "../canonical.ts";

/** A node of a parsed program with what surrounds it. */
export interface Site {
  /** The node itself. */
  readonly node: AnyNode;
  /** Its ancestors, the program first, the direct parent last. */
  readonly ancestors: readonly AnyNode[];
  /** The text that all node offsets refer to. */
  readonly source: string;
}

/** Replaces the characters `[start, end)` of a source by `text`. */
export interface Edit {
  /** First character replaced. */
  readonly start: number;
  /** One past the last character replaced. */
  readonly end: number;
  /** What stands there instead. */
  readonly text: string;
}

/** All edits of one kind that a site allows; usually none. */
export type MutationOperator = (site: Site) => readonly Edit[];

/** The direct children of a node, in source order. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (isNode(item) && !children.some((other) => other.start === item.start)) {
        children.push(item);
      }
    }
  }
  return children.sort((a, b) => a.start - b.start);
}

/**
 * Lists every node of a program as a site, outermost first.
 *
 * @throws {SyntaxError} If the program does not parse.
 */
export function listSites(source: string): Site[] {
  const sites: Site[] = [];
  const visit = (node: AnyNode, ancestors: readonly AnyNode[]): void => {
    sites.push({ node, ancestors, source });
    const inner = [...ancestors, node];
    for (const child of childrenOf(node)) visit(child, inner);
  };
  visit(parseProgram(source) as AnyNode, []);
  return sites;
}

/** The direct parent of a site's node, absent for the program. */
export function parentOf(site: Site): AnyNode | undefined {
  return site.ancestors.at(-1);
}

/** The source text of a node. */
export function textOf(site: Site, node: AnyNode): string {
  return site.source.slice(node.start, node.end);
}

/** Replaces a whole node; the text is put in parentheses where `grouped`, so that precedence is kept. */
export function replaceNode(node: AnyNode, text: string, grouped = true): Edit {
  return { start: node.start, end: node.end, text: grouped ? `(${text})` : text };
}

/** Applies one edit. */
export function applyEdit(source: string, edit: Edit): string {
  return source.slice(0, edit.start) + edit.text + source.slice(edit.end);
}

/** Whether a site is a read of a variable: no property name, no declaration, no function or label name. */
export function isVariableRead(site: Site): boolean {
  const { node } = site;
  const parent = parentOf(site);
  if (node.type !== "Identifier" || parent === undefined) return false;
  switch (parent.type) {
    case "MemberExpression":
      return parent.object === node || parent.computed;
    case "Property":
      return parent.value === node && !parent.shorthand &&
        site.ancestors.at(-2)?.type !== "ObjectPattern";
    case "VariableDeclarator":
      return parent.init === node;
    case "AssignmentExpression":
    case "AssignmentPattern":
      return parent.right === node;
    case "CallExpression":
      return parent.callee !== node;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrayPattern":
    case "RestElement":
    case "UpdateExpression":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "CatchClause":
    case "NewExpression":
    case "ClassDeclaration":
    case "MethodDefinition":
      return parent.type === "NewExpression" && parent.callee !== node;
    case "ArrowFunctionExpression":
      return parent.body === node;
    default:
      return true;
  }
}

/** Names of the variables and parameters that a site can read, nearest first, functions left out. */
export function visibleNames(site: Site): string[] {
  const names = new Set<string>();
  for (const ancestor of site.ancestors.toReversed()) {
    for (const name of namesDeclaredBy(ancestor, site.node.start)) names.add(name);
  }
  return [...names];
}

function namesDeclaredBy(node: AnyNode, before: number): string[] {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return node.params.flatMap(namesOfPattern);
    case "Program":
    case "BlockStatement":
      return node.body.flatMap((statement) => namesOfDeclaration(statement, before));
    case "ForStatement":
      return node.init ? namesOfDeclaration(node.init, before) : [];
    case "ForOfStatement":
    case "ForInStatement":
      return before >= node.body.start ? namesOfDeclaration(node.left, before) : [];
    default:
      return [];
  }
}

function namesOfDeclaration(node: AnyNode, before: number): string[] {
  if (node.type !== "VariableDeclaration" || node.end > before) return [];
  return node.declarations
    .filter((item) => !item.init?.type.includes("Function"))
    .flatMap((item) => namesOfPattern(item.id));
}

function namesOfPattern(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ArrayPattern":
      return pattern.elements.flatMap((item) => item === null ? [] : namesOfPattern(item));
    case "ObjectPattern":
      return pattern.properties.flatMap((item) =>
        namesOfPattern(item.type === "RestElement" ? item.argument : item.value)
      );
    case "AssignmentPattern":
      return namesOfPattern(pattern.left);
    case "RestElement":
      return namesOfPattern(pattern.argument);
    default:
      return [];
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
