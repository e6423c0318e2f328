/**
 * The canonical form of a program: one text for all programs that differ only in layout, comments, quotes and types.
 *
 * JavaScript is parsed (acorn) and printed (astring) with two spaces. TypeScript has its types stripped first. Python
 * is not parsed: comments and blank lines go, indentation and strings stay.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import { type AnyNode, type Node, parse } from "acorn";
import { generate } from "astring";
import { canonicalPython } from "./canonical_python.ts";
import type { Language } from "./types.ts";

/** Visits every node below (and with) `node`, parents first. */
export function walkNodes(node: Node, visit: (node: AnyNode) => void): void {
  visit(node as AnyNode);
  for (const child of Object.values(node)) {
    for (const item of Array.isArray(child) ? child : [child]) {
      if (item !== null && typeof item === "object" && typeof item.type === "string") {
        walkNodes(item as Node, visit);
      }
    }
  }
}

/**
 * Parses JavaScript as a module where possible, else as a script.
 *
 * @throws {SyntaxError} If it is neither.
 */
export function parseProgram(code: string): Node {
  const options = { ecmaVersion: "latest", allowHashBang: true } as const;
  try {
    return parse(code, { ...options, sourceType: "module" });
  } catch (error) {
    try {
      return parse(code, { ...options, sourceType: "script", allowReturnOutsideFunction: false });
    } catch {
      throw error;
    }
  }
}

/** Prints a tree that {@linkcode parseProgram} made, with two spaces and double quotes. */
export function printProgram(tree: Node): string {
  walkNodes(tree, (node) => {
    if (node.type === "Literal" && typeof node.value === "string") delete node.raw;
  });
  return generate(tree, { indent: "  " }).trimEnd();
}

/**
 * The canonical text of a program, without a final line end. Applying it twice changes nothing.
 *
 * @param code The program.
 * @param language `ts` has its types stripped (not checked).
 * @throws {SyntaxError} If the program does not parse.
 */
export function canonicalForm(code: string, language: Language = "js"): string {
  if (language === "py") return canonicalPython(code);
  return printProgram(parseProgram(language === "ts" ? stripTypes(code) : code));
}

function stripTypes(code: string): string {
  try {
    return stripTypeScriptTypes(code, { mode: "transform" });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SyntaxError(message, { cause });
  }
}
