/**
 * From what people write to what a child can load.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import type { Language } from "./types.ts";

/** Code for a child. */
export interface Loadable {
  readonly code: string;
  /** Whether the child must load it as TypeScript, which is slow. */
  readonly typed: boolean;
}

/** A constant enum is only inlined and leaves no object; other files (the tests) need one. */
const CONST_ENUM = /\bconst\s+enum\b/g;

/**
 * Removes types, which keeps every line and column; TypeScript that is more than types (enums, parameter properties) is
 * rewritten. Code that does not parse stays as it is: the child then says where the error is.
 */
export function toLoadable(source: string, language: Exclude<Language, "py">): Loadable {
  if (language === "js") return { code: source, typed: false };
  for (const mode of ["strip", "transform"] as const) {
    try {
      const text = mode === "strip" ? source : source.replaceAll(CONST_ENUM, "enum");
      return { code: stripTypeScriptTypes(text, { mode }), typed: false };
    } catch {
      // not only types, or no TypeScript at all
    }
  }
  return { code: source, typed: true };
}
