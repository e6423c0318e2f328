/**
 * The trusted programs that children run, linked into one `data:` URL each.
 *
 * A child gets its program as an argument and reads no file: it works under another user, in a foreign directory, and
 * without read permission.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import casesText from "./child/cases.ts" with { type: "text" };
import describeErrorText from "./child/describe_error.ts" with { type: "text" };
import lineIoText from "./child/line_io.ts" with { type: "text" };
import loadText from "./child/load.ts" with { type: "text" };
import encodingText from "./encoding.ts" with { type: "text" };

/** What a child can be started as. */
export type ChildRole = "cases";

const TEXTS: Readonly<Record<string, string>> = {
  "cases.ts": casesText,
  "describe_error.ts": describeErrorText,
  "encoding.ts": encodingText,
  "line_io.ts": lineIoText,
  "load.ts": loadText,
};

const IMPORT = /from "(?:\.\.?\/)+([a-z_]+\.ts)"/g;

/** The program of a role as a `data:` URL, ready to be the entry point of a child. */
export function childProgram(role: ChildRole): string {
  const linked = new Map<string, string>();
  function link(file: string): string {
    const known = linked.get(file);
    if (known) return known;
    const text = TEXTS[file];
    if (text === undefined) throw new TypeError(`Cannot link ${role}: no child file ${file}`);
    const code = stripTypeScriptTypes(text).replaceAll(
      IMPORT,
      (_match, name: string) => `from "${link(name)}"`,
    );
    const url = `data:text/javascript;base64,${new TextEncoder().encode(code).toBase64()}`;
    linked.set(file, url);
    return url;
  }
  return link(`${role}.ts`);
}
