/**
 * A canonical form of Python text made with a lexer alone: no comments, no blank lines, no trailing space.
 *
 * It does not parse, so it accepts programs that Python would reject; the sandbox decides about those.
 *
 * @module
 */

/** Triple-quoted strings, plain strings, comments, in the order they must be tried. */
const LEXEME = /("""|''')[^]*?(?:\1|$)|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?|#[^\n]*/g;

/** Stands for a line end inside a string while lines are cleaned. */
const HELD = "\u0000";

/** Python text without comments, blank lines and trailing white space, without a final line end. */
export function canonicalPython(code: string): string {
  const bare = code.replace(
    LEXEME,
    (lexeme) => lexeme.startsWith("#") ? "" : lexeme.replaceAll("\n", HELD),
  );
  return bare.replace(/\r/g, "").replace(/\t/g, "    ").split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n").replaceAll(HELD, "\n");
}
