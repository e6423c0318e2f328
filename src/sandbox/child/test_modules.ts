/**
 * What a test file imports: test libraries are the ones built in here, a relative file is the program under test, and
 * modules of Node.js are the real ones (without permissions).
 *
 * Runs inside the tests' process.
 *
 * @module
 */

type Names = Record<string, unknown>;

const IMPORT =
  /^[ \t]*import\s+(?:([^"';()]+?)\s+from\s+)?["']([^"']+)["'](?:\s+with\s*\{[^}]*\})?[ \t]*;?/gm;
const EXPORT = /^[ \t]*export\s+(?=(?:async\s+)?(?:function|class|const|let|var)\b)/gm;
const ASSERT_LIBRARY = /^(?:node:)?assert(?:\/strict)?$/;
const TEST_LIBRARY =
  /^(?:node:test|vitest|bun:test|mocha|chai|tape|tap|expect|uvu|uvu\/assert|@jest\/globals|(?:jsr:)?@std\/(?:assert|expect|testing)\b.*|https:\/\/deno\.land\/(?:std|x)\b.*\/(?:assert|testing|expect)\b.*|npm:(?:vitest|mocha|chai|tape|expect)\b.*)$/;

/**
 * Rewrites the import statements of a test file into calls of `__import`, so that it can stand inside a function.
 *
 * Statements are recognised at the start of a line.
 */
export function rewriteImports(text: string): string {
  return text.replaceAll(EXPORT, "").replaceAll(
    IMPORT,
    (_statement, clause: string | undefined, from: string) => {
      const load = `await __import(${JSON.stringify(from)})`;
      if (!clause) return `${load};`;
      const lines = "\n".repeat(clause.split("\n").length - 1);
      return bindings(clause.trim()).map(([target, part]) => `const ${target} = (${load})${part};`)
        .join(" ") + lines;
    },
  );
}

/** The parts of an import clause: what is bound, and which part of the module it is. */
function bindings(clause: string): [target: string, part: string][] {
  const found: [string, string][] = [];
  const named = /\{([^}]*)\}/.exec(clause);
  if (named) {
    const names = named[1]!.split(",").map((name) => name.trim()).filter((name) => name !== "");
    found.push([`{ ${names.map((name) => name.replace(/\s+as\s+/, ": ")).join(", ")} }`, ""]);
  }
  const whole = /\*\s+as\s+([\w$]+)/.exec(clause);
  if (whole) found.push([whole[1]!, ""]);
  const first = /^([\w$]+)/.exec(clause);
  if (first) found.push([first[1]!, ".default"]);
  return found;
}

/** What a test library offers under a specifier. */
function library(specifier: string, framework: Names): unknown {
  const main = specifier.includes("chai")
    ? { assert: framework.assert, expect: framework.expect }
    : specifier.includes("expect")
    ? framework.expect
    : framework.test;
  const names = { ...framework, ...(framework.assert as Names), default: main };
  return typeof main === "function" ? Object.assign(main, names) : names;
}

/** Modules that are not loaded but stand for something here. */
function builtIn(specifier: string, framework: Names, candidate: Names): unknown {
  if (ASSERT_LIBRARY.test(specifier)) {
    const { assert } = framework;
    return Object.assign(assert as Names, { default: assert, strict: assert });
  }
  if (TEST_LIBRARY.test(specifier)) return library(specifier, framework);
  if (/^\.\.?\//.test(specifier)) return { default: Object.values(candidate)[0], ...candidate };
  return undefined;
}

/** `__import` and `require` for a test file. */
export function moduleLoader(framework: Names, candidate: Names): Names {
  async function load(specifier: string): Promise<unknown> {
    const known = builtIn(specifier, framework, candidate);
    if (known !== undefined) return known;
    if (specifier.startsWith("data:")) return await import(specifier);
    try {
      return await import(specifier.startsWith("node:") ? specifier : `node:${specifier}`);
    } catch {
      throw new UnsupportedModule(specifier);
    }
  }

  function requireModule(specifier: string): unknown {
    const known = builtIn(specifier, framework, candidate) ?? process.getBuiltinModule(specifier);
    if (known === undefined) throw new UnsupportedModule(specifier);
    return known;
  }
  return { __import: load, require: requireModule };
}

/** A module that tests need and the sandbox does not have. */
class UnsupportedModule extends Error {
  override readonly name = "UnsupportedModule";

  constructor(specifier: string) {
    super(`needs ${specifier}`);
  }
}
