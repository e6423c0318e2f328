import assert from "node:assert/strict";
import type { Node } from "acorn";
import { parseModule, sourceFiles, walk, withoutComments } from "./support/source.ts";

const FUNCTIONS = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;
const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 40;
const MAX_MAIN_LINES = 60;

const code = () => sourceFiles(["src", "workflows"], ".ts");
const everything = () => sourceFiles(["src", "workflows", "tests"], ".ts");

/** Lines that a node spans. */
function linesOf(node: Node): number {
  return node.loc!.end.line - node.loc!.start.line + 1;
}

/** Name of a function, if it is declared under one. */
function nameOf(node: Node): string {
  return (node as Node & { id?: { name: string } | null }).id?.name ?? "function";
}

Deno.test(`no file is longer than ${MAX_FILE_LINES} lines`, async () => {
  const long = (await everything()).flatMap(({ path, text }) => {
    const lines = text.split("\n").length - 1;
    return lines > MAX_FILE_LINES ? [`${path}: ${lines}`] : [];
  });
  assert.deepEqual(long, []);
});

Deno.test(`no function is longer than ${MAX_FUNCTION_LINES} lines, no main than ${MAX_MAIN_LINES}`, async () => {
  const long = (await code()).flatMap((file) =>
    [...walk(parseModule(file))].filter(({ type }) => FUNCTIONS.test(type)).flatMap((node) => {
      const isMain = file.path.startsWith("workflows/") && nameOf(node) === "main";
      const limit = isMain ? MAX_MAIN_LINES : MAX_FUNCTION_LINES;
      const place = `${file.path}:${node.loc!.start.line} ${nameOf(node)}: ${linesOf(node)}`;
      return linesOf(node) > limit ? [place] : [];
    })
  );
  assert.deepEqual(long, []);
});

Deno.test("files are named in snake case", async () => {
  const odd = (await everything()).filter(({ path }) => !/^[a-z0-9_/]+\.ts$/.test(path));
  assert.deepEqual(odd.map(({ path }) => path), []);
});

Deno.test("every file says what it is for", async () => {
  const silent = (await code()).filter(({ text }) => !/^\/\*\*[^]*?@module\n \*\/\n/.test(text));
  assert.deepEqual(silent.map(({ path }) => path), []);
});

Deno.test("every export says what it does", async () => {
  const exported =
    /^export (?:default |declare |abstract |async )*(?:function|class|const|interface|type|enum) \w.*/gm;
  const silent = (await code()).flatMap(({ path, text }) =>
    [...text.matchAll(exported)].filter((match) => {
      const above = text.slice(0, match.index).trimEnd().replace(/\n\/\/ deno-lint-ignore.*$/, "");
      const overload = /export (?:async )?function.*;$/s.test(
        above.slice(above.lastIndexOf("\n\n")),
      );
      return !above.endsWith("*/") && !overload;
    }).map((match) => `${path}: ${match[0]}`)
  );
  assert.deepEqual(silent, []);
});

Deno.test("no module keeps state of its own", async () => {
  const library = (await sourceFiles(["src"], ".ts"))
    .filter(({ path }) => !path.startsWith("src/sandbox/child/")); // programs of their own
  const stateful = library.flatMap((file) =>
    parseModule(file).body.filter((node) =>
      node.type === "VariableDeclaration" && (node.kind === "let" || node.kind === "var")
    ).map((node) => `${file.path}:${node.loc!.start.line}`)
  );
  assert.deepEqual(stateful, []);
});

Deno.test("nothing is left for later", async () => {
  const marker = /\b(TODO|FIXME|XXX|HACK)\b/;
  const sources = [...await code(), ...await sourceFiles(["kernels"], ".wgsl")];
  assert.deepEqual(sources.filter(({ text }) => marker.test(text)).map(({ path }) => path), []);
});

Deno.test("no task of deno.json grants everything, and each starts a workflow that is there", async () => {
  const config = JSON.parse(await Deno.readTextFile("deno.json")) as {
    tasks: Record<string, string>;
    imports: Record<string, string>;
  };
  for (const [name, command] of Object.entries(config.tasks)) {
    assert.doesNotMatch(command, /(^|\s)(-A|--allow-all)\b/, name);
    const launched = /workflows\/launch\.ts ([\w-]+)/.exec(command)?.[1];
    const script = /workflows\/(?!launch)\w+\.ts/.exec(command)?.[0];
    const page = launched ? `workflows/${launched.replaceAll("-", "_")}.ts` : script;
    if (page && launched !== "test") await Deno.stat(page);
  }
  for (const [name, target] of Object.entries(config.imports)) {
    assert.match(target, /^npm:.*@\d+\.\d+\.\d+\/?$|^\.\//, `${name} must have an exact version`);
  }
});

Deno.test("withoutComments() leaves code and text alone", () => {
  const text = 'a(); // b\n/* c\n d */e("http://f");';
  assert.equal(withoutComments(text), 'a(); \ne("http://f");');
});
