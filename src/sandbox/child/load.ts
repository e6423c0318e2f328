/**
 * Loads candidate code inside a child: only ever by a computed `import("data:...")`, never as an entry point, because
 * static imports of an entry point bypass permissions.
 *
 * @module
 */

/** Name under which a loaded program hands out the names it defines. */
const GIVE = "__kedge_names";

const encode = encodeURIComponent;
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
  const text = `${source}\n;export const ${GIVE} = [${givers}];\n`;
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
  return given;
}
