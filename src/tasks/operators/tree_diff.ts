/**
 * Differences between two syntax trees, each as small as possible.
 *
 * The two trees are walked together for as long as their nodes agree; where they part, the smallest differing pair is
 * one change. This is no general tree edit distance: code that moved far shows as a removal and an insertion.
 *
 * @module
 */
import type { AnyNode } from "acorn";

/** One place where two trees part. */
export interface TreeChange {
  /** What the first tree has there; several statements or arguments where a list differs; empty for an insertion. */
  readonly before: readonly AnyNode[];
  /** What the second tree has there; empty for a removal. */
  readonly after: readonly AnyNode[];
  /** Nodes of the first tree above the change, the direct parent last. */
  readonly ancestors: readonly AnyNode[];
  /** Field of the parent that differs, for example `test` or `arguments`. */
  readonly field: string;
}

/** Fields that say where a node stands or how it was written, not what it means. */
const INSIGNIFICANT = new Set(["start", "end", "raw", "loc", "range", "type"]);

/** Whether two trees have the same meaning: equal but for positions and spelling of literals. */
export function sameTree(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameTree(item, b[i]));
  }
  if (!isNode(a) || !isNode(b)) return sameValue(a, b);
  return a.type === b.type && fieldsOf(a, b).every((key) => sameTree(field(a, key), field(b, key)));
}

/** The changes from tree `a` to tree `b`, in source order; empty if they mean the same. */
export function diffTrees(a: AnyNode, b: AnyNode): TreeChange[] {
  return diffNodes(a, b, [], "program");
}

function diffNodes(
  a: AnyNode,
  b: AnyNode,
  ancestors: readonly AnyNode[],
  name: string,
): TreeChange[] {
  const whole = [{ before: [a], after: [b], ancestors, field: name }];
  if (a.type !== b.type) return sameTree(a, b) ? [] : whole;
  const inner = [...ancestors, a];
  const changes: TreeChange[] = [];
  for (const key of fieldsOf(a, b)) {
    const [left, right] = [field(a, key), field(b, key)];
    if (Array.isArray(left) && Array.isArray(right)) {
      changes.push(...diffLists(left, right, inner, key));
    } else if (isNode(left) && isNode(right)) {
      changes.push(...diffNodes(left, right, inner, key));
    } else if (isNode(left) || isNode(right)) {
      const [before, after] = [left, right].map((side) => isNode(side) ? [side] : []);
      changes.push({ before: before!, after: after!, ancestors: inner, field: key });
    } else if (!sameValue(left, right)) {
      return whole;
    }
  }
  return changes.length > 1 && isExpression(a) ? whole : changes;
}

function diffLists(
  a: readonly AnyNode[],
  b: readonly AnyNode[],
  ancestors: readonly AnyNode[],
  name: string,
): TreeChange[] {
  let start = 0;
  while (start < Math.min(a.length, b.length) && sameTree(a[start], b[start])) start++;
  let tail = 0;
  while (
    tail < Math.min(a.length, b.length) - start && sameTree(a.at(-1 - tail), b.at(-1 - tail))
  ) tail++;
  const [before, after] = [a.slice(start, a.length - tail), b.slice(start, b.length - tail)];
  if (before.length === 0 && after.length === 0) return [];
  const pairwise = before.length === after.length && !isSwap(before, after) &&
    [...before, ...after].every(isNode);
  return pairwise
    ? before.flatMap((node, i) => diffNodes(node, after[i]!, ancestors, name))
    : [{ before, after, ancestors, field: name }];
}

/** Whether two lists hold the same two elements in the other order, at their ends. */
export function isSwap(before: readonly AnyNode[], after: readonly AnyNode[]): boolean {
  return before.length === 2 && after.length === 2 &&
    sameTree(before[0], after[1]) && sameTree(before[1], after[0]);
}

/** Whether a node is an expression that is read as a whole: an operation, a call, an access. */
function isExpression(node: AnyNode): boolean {
  return /Binary|Logical|Unary|Member|Call|Conditional|Assignment|Update/.test(node.type);
}

function fieldsOf(a: AnyNode, b: AnyNode): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) =>
    !INSIGNIFICANT.has(key)
  );
}

function field(node: AnyNode, key: string): unknown {
  return (node as unknown as Record<string, unknown>)[key];
}

/** Equality of what is not a node: a name, an operator, a literal's value, a template's text. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (typeof a !== "object" || typeof b !== "object") return false;
  return String(a) === String(b) && JSON.stringify(a) === JSON.stringify(b);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
