/**
 * Loads candidate code inside a child: only ever by a computed `import("data:...")`, never as an entry point, because
 * static imports of an entry point bypass permissions. Code that only computes is evaluated, which takes a millisecond
 * less than an import does.
 *
 * @module
 */

/** Name under which a loaded program hands out the names it defines. */
const GIVE = "__kedge_names";

/** A program in the older module format, which says what it offers by assignment. */
const COMMON_JS = /\bmodule\.exports\b|^\s*exports\.[\w$]+\s*=/m;
const MODULE_SYNTAX = /^\s*(?:import|export)\b/m;
/** Stands before such a program, on its first line. */
const COMMON_JS_NAMES =
  "const module = { exports: {} }, { exports } = module, require = process.getBuiltinModule; ";

/** How errors name the lines of evaluated code, as if it had been imported. */
const SOURCE_NAME = "\n//# sourceURL=data:text/javascript,candidate";

const encode = encodeURIComponent;
const evaluate = globalThis.eval;
const { stringify } = JSON;

/**
 * Evaluates the source as a module and returns those of `names` that it defines.
 *
 * A name that the source does not define, or that is a global one, is missing from the result; one that is defined but cannot be read (an
 * uninitialised binding) is missing too.
 *
 * @throws {unknown} Whatever the source throws while it loads, and `SyntaxError` or `TypeError` where it does not parse.
 */
export async function loadCandidate(
  { source, typed }: { readonly source: string; readonly typed: boolean },
  names: readonly string[],
): Promise<Record<string, unknown>> {
  const givers = names.map((name) => `[${stringify(name)}, () => ${name}]`).join(", ");
  const isCommonJs = COMMON_JS.test(source) && !MODULE_SYNTAX.test(source);
  const whole = isCommonJs ? `() => module.exports` : "() => ({})";
  const text = `${isCommonJs ? COMMON_JS_NAMES : ""}${source}
;export const ${GIVE} = [${givers}], ${GIVE}_whole = ${whole};\n`;
  const type = typed ? "application/typescript" : "text/javascript";
  const module = await import(`data:${type},${encode(text.toWellFormed())}`);
  const globals = globalThis as unknown as Record<string, unknown>;
  const given: Record<string, unknown> = Object.create(null);
  for (const [name, give] of module[GIVE] as [string, () => unknown][]) {
    try {
      const value = give();
      if (value !== globals[name]) given[name] = value;
    } catch {
      // a ReferenceError: the program has no such name
    }
  }
  if ("default" in module) given.default = module.default;
  return isCommonJs ? withExports(given, module[`${GIVE}_whole`](), names) : given;
}

/**
 * Evaluates a source that only computes (harmless.ts) as what it would be in a module, and returns those of `names` that it
 * defines.
 *
 * @throws {unknown} Whatever the source throws while it runs.
 */
export function loadPlain(source: string, names: readonly string[]): Record<string, unknown> {
  const values = names.map((name) => `typeof ${name} === "undefined" ? undefined : ${name}`);
  const text = `(() => { "use strict"; {${source}\nreturn [${values.join(", ")}]; } })()`;
  const found = evaluate(text + SOURCE_NAME) as unknown[];
  const globals = globalThis as unknown as Record<string, unknown>;
  const given: Record<string, unknown> = Object.create(null);
  names.forEach((name, index) => {
    const value = found[index];
    if (value !== undefined && value !== globals[name]) given[name] = value;
  });
  return given;
}

/** Adds what a program in the older format assigned to `module.exports`. */
function withExports(
  given: Record<string, unknown>,
  exported: unknown,
  names: readonly string[],
): Record<string, unknown> {
  given.default = exported;
  for (const name of names) {
    if (name in given) continue;
    const value = (exported as Record<string, unknown> | null | undefined)?.[name];
    if (value !== undefined) given[name] = value;
    else if (typeof exported === "function" && exported.name === name) given[name] = exported;
  }
  return given;
}
