/**
 * What a program offers and needs: the entry's signature and the imports.
 *
 * @module
 */
import type { AnyNode, Class, Function as FunctionNode, Pattern } from "acorn";
import { parseProgram, walkNodes } from "../canonical.ts";
import type { Language } from "../types.ts";

/**
 * How the entry is called: its parameters, and whether it is async or a generator; of a class, those of its methods.
 *
 * @param code A program in canonical form.
 * @returns undefined if the program does not define the entry at its top level.
 */
export function signatureOf(code: string, entry: string, language: Language): string | undefined {
  if (language === "py") return pythonSignature(code, entry);
  const found = topLevel(code).find(({ name }) => name === entry);
  if (found === undefined) return undefined;
  const text = (node: AnyNode): string => code.slice(node.start, node.end);
  const { node } = found;
  if (node === undefined) return "value";
  return node.type.startsWith("Class")
    ? classSignature(node as Class, text)
    : functionSignature(node as FunctionNode, text);
}

/** The modules that a program imports, sorted. */
export function importsOf(code: string, language: Language): string[] {
  if (language === "py") {
    return [...code.matchAll(/^\s*(?:import|from)\s.*$/gm)].map(([m]) => m.trim()).sort();
  }
  const found = new Set<string>();
  walkNodes(parseProgram(code), (node) => {
    if (node.type === "ImportDeclaration") found.add(code.slice(node.start, node.end));
    const required = node.type === "CallExpression" && node.callee.type === "Identifier" &&
      node.callee.name === "require";
    if (required) found.add(code.slice(node.start, node.end));
  });
  return [...found].sort();
}

interface Definition {
  readonly name: string;
  /** The function or class, or undefined where the name stands for any other value. */
  readonly node: AnyNode | undefined;
}

function topLevel(code: string): Definition[] {
  const { body } = parseProgram(code) as AnyNode & { readonly body: readonly AnyNode[] };
  return body.flatMap((item) => {
    const statement =
      item.type === "ExportNamedDeclaration" || item.type === "ExportDefaultDeclaration"
        ? item.declaration
        : item;
    return statement ? definitionsOf(statement) : [];
  });
}

function definitionsOf(statement: AnyNode): Definition[] {
  if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
    return statement.id ? [{ name: statement.id.name, node: statement }] : [];
  }
  if (statement.type !== "VariableDeclaration") return [];
  return statement.declarations.flatMap(({ id, init }) => {
    const callable = init && /Function|Class/.test(init.type);
    return id.type === "Identifier" ? [{ name: id.name, node: callable ? init : undefined }] : [];
  });
}

function functionSignature(node: FunctionNode, text: (node: AnyNode) => string): string {
  const marks = `${node.async ? "async " : ""}${node.generator ? "*" : ""}`;
  return `${marks}(${node.params.map((param: Pattern) => text(param)).join(", ")})`;
}

function classSignature(node: Class, text: (node: AnyNode) => string): string {
  const methods = node.body.body.flatMap((item) =>
    item.type === "MethodDefinition"
      ? [
        `${item.static ? "static " : ""}${item.kind} ${text(item.key)}${
          functionSignature(item.value, text)
        }`,
      ]
      : []
  );
  return `class ${node.superClass ? text(node.superClass) : ""} {${methods.sort().join("; ")}}`;
}

function pythonSignature(code: string, entry: string): string | undefined {
  const name = entry.replaceAll(/\W/g, "\\$&");
  return new RegExp(`^(?:async\\s+def|def|class)\\s+${name}\\b[^:]*:`, "m").exec(code)?.[0]
    .replaceAll(/\s+/g, "");
}
