/**
 * Files beside a program that it, or its tests, may import.
 *
 * A child reads no file, so an import of a listed file is replaced by the file itself, as a `data:` URL.
 *
 * @module
 */
import { toLoadable } from "./languages.ts";
import { languageOf } from "./test_files.ts";

/** Contents of files by name; imports are matched by the last part of their path. */
export type Neighbours = Readonly<Record<string, string>>;

/** `import ... from "./x"`, `export ... from "./x"` and `import "./x"`, at the start of a line. */
const LOCAL_IMPORT =
  /^([ \t]*(?:import|export)\b[^'"`;]*?\bfrom\s*|[ \t]*import\s*)(["'])(\.\.?\/[^"']+)\2/gm;
const MAX_DEPTH = 8;

/**
 * Replaces imports of listed files in JavaScript text; other imports stay as they are.
 *
 * @throws {RangeError} If files import each other more than eight deep, for instance in a circle.
 */
export function linkNeighbours(code: string, files: Neighbours | undefined, depth = 0): string {
  if (!files) return code;
  if (depth > MAX_DEPTH) throw new RangeError("Cannot link files: they import each other too deep");
  return code.replaceAll(LOCAL_IMPORT, (statement, head: string, quote: string, path: string) => {
    const name = nameIn(files, path);
    if (name === undefined) return statement;
    const language = languageOf(name) === "ts" ? "ts" : "js";
    const linked = linkNeighbours(toLoadable(files[name]!, language).code, files, depth + 1);
    const url = `data:text/javascript;base64,${new TextEncoder().encode(linked).toBase64()}`;
    return `${head}${quote}${url}${quote}`;
  });
}

/** The listed file that a path means; `./x.js` may mean `x.ts`, and the ending may be missing. */
function nameIn(files: Neighbours, path: string): string | undefined {
  const base = path.split("/").at(-1)!;
  const stem = base.replace(/\.[cm]?[jt]s$/, "");
  return Object.keys(files).find((name) => name === base) ??
    Object.keys(files).find((name) => name.replace(/\.[cm]?[jt]s$/, "") === stem);
}
