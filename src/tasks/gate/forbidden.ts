/**
 * What a bug may not newly use: randomness, time, input and output, exit, reflection, test machinery.
 *
 * This is no wall (the sandbox is); it keeps the game about bugs. Names that the solution uses already are allowed.
 *
 * @module
 */
import type { AnyNode } from "acorn";
import { parseProgram, walkNodes } from "../canonical.ts";
import type { Language } from "../types.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Global names. */
const GLOBALS = words(
  `Date Temporal performance crypto setTimeout setInterval setImmediate queueMicrotask requestAnimationFrame
  console alert prompt confirm fetch XMLHttpRequest WebSocket Worker localStorage sessionStorage indexedDB caches
  navigator Deno Bun process require module exports global globalThis window self document eval Function Reflect Proxy
  WebAssembly SharedArrayBuffer Atomics WeakRef FinalizationRegistry arguments assert describe it test expect suite
  beforeEach afterEach jest vi chai`,
);

/** Property names, after a dot or as a text in brackets. */
const MEMBERS = words(
  `random now constructor prototype __proto__ __defineGetter__ __defineSetter__ caller callee defineProperty
  defineProperties getPrototypeOf setPrototypeOf getOwnPropertyDescriptor getOwnPropertyNames getOwnPropertySymbols
  prepareStackTrace stack captureStackTrace getRandomValues randomUUID hrtime exit`,
);

/** Objects of the language that may not be changed. */
const BUILT_INS = words(
  "Object Array String Number Boolean Math JSON Map Set Symbol BigInt RegExp Error Promise Iterator NaN Infinity undefined",
);

/** Syntax that has no place in a function under test. */
const SYNTAX = words(
  "ImportExpression MetaProperty WithStatement DebuggerStatement AwaitExpression",
);

const PYTHON = words(
  `random secrets time datetime os sys io subprocess socket threading signal open input print exec eval compile
  __import__ importlib globals locals vars getattr setattr delattr inspect ctypes gc exit quit breakpoint unittest
  pytest mock builtins __builtins__ __class__ __subclasses__ __dict__ __code__`,
);

/**
 * The forbidden things that a program uses and another one does not.
 *
 * @param code The candidate, in canonical form.
 * @param allowed The solution, in canonical form.
 * @returns Names, sorted; empty if the candidate brings nothing new.
 */
export function newlyForbidden(code: string, allowed: string, language: Language): string[] {
  const uses = language === "py" ? pythonUses : scriptUses;
  const known = uses(allowed);
  return [...uses(code)].filter((name) => !known.has(name)).sort();
}

function scriptUses(code: string): Set<string> {
  const found = new Set<string>();
  const properties = new Set<AnyNode>();
  walkNodes(parseProgram(code), (node) => {
    if (SYNTAX.has(node.type)) found.add(node.type);
    if (node.type === "MemberExpression") {
      if (!node.computed) properties.add(node.property);
      const name = memberName(node);
      if (name !== undefined && MEMBERS.has(name)) found.add(`.${name}`);
    }
    if (node.type === "Property" && !node.computed && !node.shorthand) properties.add(node.key);
    if (node.type === "Identifier" && !properties.has(node) && GLOBALS.has(node.name)) {
      found.add(node.name);
    }
    const changed = changedRoot(node);
    if (changed !== undefined && BUILT_INS.has(changed)) found.add(`${changed} =`);
  });
  return found;
}

function memberName(node: AnyNode & { type: "MemberExpression" }): string | undefined {
  if (!node.computed) return "name" in node.property ? node.property.name : undefined;
  return node.property.type === "Literal" ? String(node.property.value) : undefined;
}

/** The variable at the root of what an assignment changes: `Math` of `Math.max = f`. */
function changedRoot(node: AnyNode): string | undefined {
  if (node.type !== "AssignmentExpression" && node.type !== "UpdateExpression") return undefined;
  let target: AnyNode = node.type === "UpdateExpression" ? node.argument : node.left;
  while (target.type === "MemberExpression") target = target.object;
  return target.type === "Identifier" ? target.name : undefined;
}

function pythonUses(code: string): Set<string> {
  const names = code.replaceAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, "").match(/[A-Za-z_]\w*/g);
  return new Set(names?.filter((name) => PYTHON.has(name)));
}
