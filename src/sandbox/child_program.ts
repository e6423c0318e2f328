/**
 * The trusted programs that children run, each bundled into one script.
 *
 * A child gets its program as an argument and reads no file: it works under another user, in a foreign directory, and
 * without read permission. Its entry point does no more than evaluate that argument: an entry point is analysed as a
 * module graph before it runs, which for the whole program would take longer than the start of the process.
 *
 * What a program imports dynamically is not part of it: the host sends that part as a line when a job needs it, because
 * most do not, and reading it would be a tenth of their time.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import assertions from "./child/assertions.ts" with { type: "text" };
import candidate from "./child/candidate.ts" with { type: "text" };
import clock from "./child/clock.ts" with { type: "text" };
import describeError from "./child/describe_error.ts" with { type: "text" };
import equality from "./child/equality.ts" with { type: "text" };
import expect from "./child/expect.ts" with { type: "text" };
import failure from "./child/failure.ts" with { type: "text" };
import heap from "./child/heap.ts" with { type: "text" };
import intrinsics from "./child/intrinsics.ts" with { type: "text" };
import lineIo from "./child/line_io.ts" with { type: "text" };
import load from "./child/load.ts" with { type: "text" };
import matchers from "./child/matchers.ts" with { type: "text" };
import mocks from "./child/mocks.ts" with { type: "text" };
import objectKind from "./child/object_kind.ts" with { type: "text" };
import objectState from "./child/object_state.ts" with { type: "text" };
import python from "./child/python.ts" with { type: "text" };
import { PYTHON_SOURCES } from "./child/python_sources.ts";
import objectWrite from "./child/object_write.ts" with { type: "text" };
import pump from "./child/pump.ts" with { type: "text" };
import realm from "./child/realm.ts" with { type: "text" };
import realmPatches from "./child/realm_patches.ts" with { type: "text" };
import registry from "./child/registry.ts" with { type: "text" };
import replica from "./child/replica.ts" with { type: "text" };
import rpc from "./child/rpc.ts" with { type: "text" };
import scan from "./child/scan.ts" with { type: "text" };
import screen from "./child/screen.ts" with { type: "text" };
import serve from "./child/serve.ts" with { type: "text" };
import testContext from "./child/test_context.ts" with { type: "text" };
import testModules from "./child/test_modules.ts" with { type: "text" };
import testRunner from "./child/test_runner.ts" with { type: "text" };
import tests from "./child/tests.ts" with { type: "text" };
import encoding from "./encoding.ts" with { type: "text" };

/** What a child can be started as. */
export type ChildRole = "candidate" | "tests" | "python" | "screen";

const TEXTS: Readonly<Record<string, string>> = {
  "assertions.ts": assertions,
  "candidate.ts": candidate,
  "clock.ts": clock,
  "describe_error.ts": describeError,
  "encoding.ts": encoding,
  "equality.ts": equality,
  "expect.ts": expect,
  "failure.ts": failure,
  "heap.ts": heap,
  "intrinsics.ts": intrinsics,
  "line_io.ts": lineIo,
  "load.ts": load,
  "matchers.ts": matchers,
  "mocks.ts": mocks,
  "object_kind.ts": objectKind,
  "object_state.ts": objectState,
  "object_write.ts": objectWrite,
  "pump.ts": pump,
  "python.ts": python,
  "python_sources.ts": `export const PYTHON_SOURCES = ${JSON.stringify(PYTHON_SOURCES)};`,
  "realm.ts": realm,
  "realm_patches.ts": realmPatches,
  "registry.ts": registry,
  "replica.ts": replica,
  "rpc.ts": rpc,
  "scan.ts": scan,
  "screen.ts": screen,
  "serve.ts": serve,
  "test_context.ts": testContext,
  "test_modules.ts": testModules,
  "test_runner.ts": testRunner,
  "tests.ts": tests,
};

const IMPORT = /^import (\{[^}]*\}) from "(?:\.\.?\/)+([a-z_]+\.ts)";$/gm;
const EXPORT = /^export (?=(?:async )?(?:function|class|const)\*? (\w+))/gm;

/** A dynamic import becomes the evaluation of a line from the host, inside the scope that the program's parts live in. */
const LATER = /\bimport\("\.\/[a-z_]+\.ts"\)/g;
const ENTRIES: ReadonlySet<string> = new Set([
  "candidate.ts",
  "tests.ts",
  "python.ts",
  "screen.ts",
]);

/** What every child is started on; its first argument is the program. */
export const CHILD_ENTRY = `data:text/javascript;base64,${btoa("(0, eval)(Deno.args[0])")}`;

/** The program of a role, a script for {@linkcode CHILD_ENTRY}. */
export function childProgram(role: ChildRole): string {
  const scopes = bundle(`${role}.ts`, new Set()).join("\n");
  return `"use strict"; (async () => {\n${scopes}\n})();\n//# sourceURL=kedge`;
}

/** The part that lets a candidate's program serve tests, to be sent as a line after the message of such a job. */
export function servingPart(): string {
  const known = new Set<string>();
  bundle("candidate.ts", known);
  const scopes = bundle("serve.ts", known);
  return `(() => {\n${scopes.join("\n")}\nreturn ${scopeName("serve.ts")};\n})()`;
}

/** The program of a candidate's realm in the screening process, a script whose value is the function `answerCalls`. */
export function realmProgram(): string {
  const scopes = bundle("realm.ts", new Set());
  return `"use strict"; (() => {\n${scopes.join("\n")}\nreturn ${
    scopeName("realm.ts")
  }.answerCalls;\n})()`;
}

/** A file and what it imports, each a scope, lowest first; files in `done` are there already. */
function bundle(entry: string, done: Set<string>): string[] {
  const scopes: string[] = [];
  function add(file: string): void {
    if (done.has(file)) return;
    done.add(file);
    const text = TEXTS[file];
    if (text === undefined) throw new TypeError(`Cannot bundle ${entry}: no child file ${file}`);
    const code = withoutComments(stripTypeScriptTypes(text));
    for (const [, , name] of code.matchAll(IMPORT)) add(name!);
    scopes.push(asScope(file, code, ENTRIES.has(file)));
  }
  add(entry);
  return scopes;
}

/** A module as a constant that holds its exports; the entry module stays as it is. */
function asScope(file: string, code: string, isEntry: boolean): string {
  const exported = [...code.matchAll(EXPORT)].map(([, name]) => name);
  const linked = code.replaceAll(
    IMPORT,
    (_statement, names: string, from: string) =>
      `const ${names.replaceAll(" as ", ": ")} = ${scopeName(from)};`,
  ).replaceAll(EXPORT, "").replaceAll(LATER, `eval(${scopeName("line_io.ts")}.readLine())`);
  if (isEntry) return linked;
  return `const ${scopeName(file)} = (() => {\n${linked}\nreturn { ${
    exported.join(", ")
  } };\n})();`;
}

function scopeName(file: string): string {
  return `$${file.replace(".ts", "")}`;
}

/** Drops comments that stand on lines of their own: a program is an argument, and those have a greatest length. */
function withoutComments(code: string): string {
  return code.replaceAll(/^[ \t]*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)[ \t]*\n/gm, "").replaceAll(
    /^[ \t]*\n/gm,
    "",
  );
}
