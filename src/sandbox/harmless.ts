/**
 * Which programs do no more than compute: they may share a process with others, one after the other, and need little
 * preparation in one of their own.
 *
 * This is not what confines them (permissions do, and a realm of their own, see child/screen.ts); it keeps out, before
 * anything runs, whatever could outlive its turn, reach past its realm, or come out otherwise elsewhere.
 *
 * @module
 */
import { type AnyNode, type Node, parse } from "acorn";

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Globals that are the same everywhere and hold nothing back for later. */
const PURE_GLOBALS = words(`
  Object Array String Number Boolean Math JSON Map Set WeakMap WeakSet Symbol BigInt RegExp parseInt parseFloat isNaN
  isFinite NaN Infinity undefined Error TypeError RangeError SyntaxError ReferenceError EvalError URIError
  Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array`);

/** Properties by which a program reaches functions that make code, stacks, or chance. */
const REACHING = words(`
  constructor prototype __proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ getPrototypeOf
  setPrototypeOf prepareStackTrace captureStackTrace stackTraceLimit stack random caller callee arguments`);

/** Syntax that runs later, reaches out, or behaves otherwise where the stack is shorter. */
const BARRED = words(`
  ImportExpression ImportDeclaration ExportNamedDeclaration ExportDefaultDeclaration ExportAllDeclaration MetaProperty
  AwaitExpression TryStatement WithStatement DebuggerStatement`);

const FUNCTIONS = words("FunctionDeclaration FunctionExpression ArrowFunctionExpression");

/** Whether a program only computes: it parses, and uses neither syntax nor names that do more. */
export function isHarmless(source: string): boolean {
  let tree: Node;
  try {
    tree = parse(source, { ecmaVersion: "latest", sourceType: "module" });
  } catch {
    return false;
  }
  return new Survey().isPure(tree);
}

/** Walks a program and stops at the first thing that is not allowed. */
class Survey {
  readonly #declared = new Set<string>();
  readonly #used = new Set<string>();

  isPure(tree: Node): boolean {
    if (!this.#visit(tree as AnyNode, false)) return false;
    for (const name of this.#used) {
      const known = PURE_GLOBALS.has(name);
      // a name of this process, declared or not, may mean something that a realm of its own does not have
      if (!known && (!this.#declared.has(name) || name in globalThis)) return false;
    }
    return true;
  }

  #visit(node: AnyNode, hasThis: boolean): boolean {
    if (BARRED.has(node.type)) return false;
    switch (node.type) {
      case "ThisExpression":
        return hasThis;
      case "ForOfStatement":
        if (node.await) return false;
        break;
      case "MemberExpression":
        return this.#isPureKey(node.property, node.computed) &&
          this.#visit(node.object as AnyNode, hasThis) &&
          (!node.computed || this.#visit(node.property as AnyNode, hasThis));
      case "Property":
        if (!this.#isPureKey(node.key, node.computed)) return false;
        return (!node.computed || this.#visit(node.key as AnyNode, hasThis)) &&
          this.#visit(node.value as AnyNode, hasThis);
      case "MethodDefinition":
      case "PropertyDefinition":
        return (!node.computed || this.#visit(node.key as AnyNode, hasThis)) &&
          (!node.value || this.#visit(node.value as AnyNode, true));
      case "Identifier":
        this.#used.add(node.name);
        return true;
      case "LabeledStatement":
        return this.#visit(node.body as AnyNode, hasThis);
      case "BreakStatement":
      case "ContinueStatement":
        return true;
    }
    if (FUNCTIONS.has(node.type) && "async" in node && node.async) return false;
    this.#declare(node);
    const own = node.type === "FunctionDeclaration" || node.type === "FunctionExpression";
    return this.#visitChildren(node, hasThis || own);
  }

  #isPureKey(key: { readonly type: string }, computed: boolean): boolean {
    if (key.type === "Identifier" && !computed) {
      return !REACHING.has((key as { readonly name?: string }).name!);
    }
    if (key.type !== "Literal") return true;
    return !REACHING.has(String((key as { readonly value?: unknown }).value));
  }

  #declare(node: AnyNode): void {
    if ("id" in node && node.id && node.type !== "VariableDeclarator") this.#bind(node.id);
    if (node.type === "VariableDeclarator") this.#bind(node.id);
    if ("params" in node) { for (const param of node.params) this.#bind(param); }
  }

  /** Notes the names that a pattern declares. */
  #bind(pattern: { readonly type: string }): void {
    const node = pattern as AnyNode;
    if (node.type === "Identifier") this.#declared.add(node.name);
    if (node.type === "AssignmentPattern") this.#bind(node.left);
    if (node.type === "RestElement") this.#bind(node.argument);
    if (node.type === "ArrayPattern") node.elements.forEach((item) => item && this.#bind(item));
    if (node.type === "ObjectPattern") {
      node.properties.forEach((item) => this.#bind(item.type === "Property" ? item.value : item));
    }
  }

  #visitChildren(node: AnyNode, hasThis: boolean): boolean {
    for (const child of Object.values(node)) {
      for (const item of Array.isArray(child) ? child : [child]) {
        if (item === null || typeof item !== "object" || typeof item.type !== "string") continue;
        if (!this.#visit(item as AnyNode, hasThis)) return false;
      }
    }
    return true;
  }
}
