/**
 * Reads the repository's own source for the static tests.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import { dirname } from "node:path";
import { type Node, parse, type Program } from "acorn";

/** Root of the repository, with a slash at its end. */
export const ROOT: string = `${dirname(dirname(import.meta.dirname!))}/`;

/** A file and its text. */
export interface SourceFile {
  /** Path from the root, for example `src/run/run.ts`. */
  readonly path: string;
  /** The text. */
  readonly text: string;
}

/** All files below some folders whose names end in `suffix`, sorted by path. */
export async function sourceFiles(
  folders: readonly string[],
  suffix: string,
): Promise<SourceFile[]> {
  const paths = (await Promise.all(folders.map((folder) => listFiles(folder)))).flat();
  const wanted = paths.filter((path) => path.endsWith(suffix)).sort();
  return await Promise.all(wanted.map(async (path) => ({
    path,
    text: await Deno.readTextFile(ROOT + path),
  })));
}

async function listFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(ROOT + folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) paths.push(...await listFiles(path));
    else paths.push(path);
  }
  return paths;
}

/** Syntax tree of a TypeScript module; types are blanked, so that positions stay. */
export function parseModule(file: SourceFile): Program {
  const code = stripTypeScriptTypes(file.text);
  return parse(code, { ecmaVersion: "latest", sourceType: "module", locations: true });
}

/** A node and everything below it, parents first. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** Text without comments, so that rules about code do not read prose. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|(^|\s)\/\/.*$/gm, "$1");
}
