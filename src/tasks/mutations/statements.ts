/**
 * Mutations of statements: something forgotten, something in the wrong place.
 *
 * @module
 */
import type { AnyNode, Statement } from "acorn";
import {
  type Edit,
  type MutationOperator,
  parentOf,
  replaceNode,
  type Site,
  textOf,
} from "./site.ts";

/** A statement that is left out. */
export const droppedStatement: MutationOperator = (site) =>
  site.node.type === "ExpressionStatement" && isInList(site)
    ? [replaceNode(site.node, "", false)]
    : [];

/** A guard that is left out: either the whole `if`, or only its condition. */
export const droppedGuard: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "IfStatement" || node.alternate || !isInList(site)) return [];
  const removed = replaceNode(node, "", false);
  return leaves(node.consequent) ? [removed] : [removed, unguarded(site, node.consequent)];
};

/** An `else` that is left out. */
export const droppedElse: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "IfStatement" || !node.alternate) return [];
  return [{ start: node.consequent.end, end: node.end, text: "" }];
};

/** The two branches of an `if`, exchanged. */
export const swappedBranches: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "IfStatement" || !node.alternate || node.alternate.type === "IfStatement") {
    return [];
  }
  const [test, yes, no] = [node.test, node.consequent, node.alternate].map((n) => textOf(site, n));
  return [replaceNode(node, `if (${test}) {${no}} else {${yes}}`, false)];
};

/** Two neighbouring statements, exchanged. */
export const swappedStatements: MutationOperator = (site) => {
  const next = nextStatement(site);
  if (site.node.type !== "ExpressionStatement" || next?.type !== "ExpressionStatement") return [];
  return [{
    start: site.node.start,
    end: next.end,
    text: `${textOf(site, next)}\n${textOf(site, site.node)}`,
  }];
};

/** The `return` after a loop, put into the loop: only the first round runs. */
export const earlyReturn: MutationOperator = (site) => {
  const body = loopBody(site.node);
  const next = nextStatement(site);
  if (body?.type !== "BlockStatement" || next?.type !== "ReturnStatement") return [];
  return [{ start: body.end - 1, end: body.end, text: `${textOf(site, next)}\n}` }];
};

/** The last statement of a loop's body, put after the loop; or the one after it, put into the loop. */
export const misplacedStatement: MutationOperator = (site) => {
  const body = loopBody(site.node);
  if (body?.type !== "BlockStatement" || !isInList(site)) return [];
  const edits: Edit[] = [];
  const last = body.body.at(-1);
  if (last?.type === "ExpressionStatement" && body.body.length > 1) {
    const rest = site.source.slice(site.node.start, last.start);
    edits.push(replaceNode(site.node, `${rest}}\n${textOf(site, last)}`, false));
  }
  const next = nextStatement(site);
  if (next?.type === "ExpressionStatement") {
    edits.push({ start: body.end - 1, end: next.end, text: `${textOf(site, next)}\n}` });
  }
  return edits;
};

/** `break` for `continue`, or the other way, or neither. */
export const wrongJump: MutationOperator = (site) => {
  const { node } = site;
  if (node.type !== "BreakStatement" && node.type !== "ContinueStatement") return [];
  if (node.label || parentOf(site)?.type === "SwitchCase") return [];
  const other = node.type === "BreakStatement" ? "continue;" : "break;";
  return [replaceNode(node, other, false), replaceNode(node, ";", false)];
};

/** The statements that follow a site's node in its list, if the node stands in a list. */
function nextStatement(site: Site): AnyNode | undefined {
  const list = statementList(parentOf(site));
  const index = list?.indexOf(site.node as Statement) ?? -1;
  return index < 0 ? undefined : list?.[index + 1];
}

function isInList(site: Site): boolean {
  return statementList(parentOf(site))?.includes(site.node as Statement) ?? false;
}

function statementList(node: AnyNode | undefined): readonly AnyNode[] | undefined {
  if (node?.type === "BlockStatement" || node?.type === "Program") return node.body;
  return node?.type === "SwitchCase" ? node.consequent : undefined;
}

function loopBody(node: AnyNode): Statement | undefined {
  switch (node.type) {
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
      return node.body;
    default:
      return undefined;
  }
}

/** Whether a statement always leaves the function or the loop, so that running it unguarded would cut off the rest. */
function leaves(node: Statement): boolean {
  const last = node.type === "BlockStatement" ? node.body.at(-1) : node;
  return /^(Return|Throw|Break|Continue)Statement$/.test(last?.type ?? "");
}

function unguarded(site: Site, body: Statement): Edit {
  const text = textOf(site, body);
  const inner = body.type === "BlockStatement" ? text.slice(1, -1) : text;
  const declares = body.type === "BlockStatement" &&
    body.body.some((statement) => statement.type === "VariableDeclaration");
  return replaceNode(site.node, declares ? `{${inner}}` : inner, false);
}
