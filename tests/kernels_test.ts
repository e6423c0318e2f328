import assert from "node:assert/strict";
import type { Node, ObjectExpression, Property } from "acorn";
import { parseModule, ROOT, type SourceFile, sourceFiles, walk } from "./support/source.ts";

const SECTIONS = ["Shapes", "Dispatch", "Limits", "Numerics"];
const MAX_LINES = 200;
const BUFFER = "<(?:uniform|storage, read|storage, read_write)> (\\w+): [\\w<>, ]+;";
const IMAGE = " (\\w+): texture_storage_2d<rgba32float, (?:read|write)>;";
const BINDING = new RegExp(`^@group\\(0\\) @binding\\((\\d+)\\) var(?:${BUFFER}|${IMAGE})`);

const kernels = () => sourceFiles(["kernels"], ".wgsl");

/** Numbers and names of a kernel's bindings. */
function bindings(text: string): { index: number; name: string }[] {
  return [...text.matchAll(new RegExp(BINDING, "gm"))].map((match) => ({
    index: Number(match[1]),
    name: (match[2] ?? match[3])!,
  }));
}

Deno.test("every kernel opens with its purpose, shapes, dispatch, limits and numerics", async () => {
  for (const { path, text } of await kernels()) {
    const header = /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? "";
    const name = path.slice("kernels/".length, -".wgsl".length);
    assert.ok(header.startsWith(`// ${name}: `), `${path}: first line names it and its purpose`);
    const found = [...header.matchAll(/^\/\/ ([A-Z]\w+) {2,}/gm)].map((match) => match[1]!);
    assert.deepEqual(found.filter((word) => SECTIONS.includes(word)), SECTIONS, path);
  }
});

Deno.test(`no kernel is longer than ${MAX_LINES} lines`, async () => {
  const long = (await kernels()).filter(({ text }) => text.split("\n").length - 1 > MAX_LINES);
  assert.deepEqual(long.map(({ path }) => path), []);
});

Deno.test("bindings stand one a line, numbered from params on", async () => {
  for (const { path, text } of await kernels()) {
    const lines = text.split("\n").filter((line) => line.includes("@binding("));
    for (const line of lines) assert.match(line, BINDING, path);
    const found = bindings(text);
    assert.deepEqual(found.map(({ index }) => index), found.map((_, i) => i), path);
    assert.match(text, /^@group\(0\) @binding\(0\) var<uniform> params: Params;$/m, path);
  }
});

Deno.test("kernels are complete programs with named entry points", async () => {
  for (const { path, text } of await kernels()) {
    assert.doesNotMatch(text, /^\s*(enable|#include|#if|\$\{)/m, path);
    const entries = [...text.matchAll(/@compute[^{]*?fn (\w+)\(/g)].map((match) => match[1]!);
    assert.ok(entries.length > 0, `${path} has an entry point`);
    for (const entry of entries) assert.doesNotMatch(entry, /^main$|_v\d+$|[A-Z]/, path);
    const firstStruct = text.indexOf("\nstruct ");
    assert.ok(text.lastIndexOf("\noverride ") < firstStruct, `${path}: overrides come first`);
  }
});

Deno.test("shared blocks are the same in every kernel", async () => {
  const first = new Map<string, { path: string; block: string }>();
  for (const { path, text } of await kernels()) {
    const opened = [...text.matchAll(/^\/\/ <shared (\w+)>$/gm)].length;
    const blocks = [...text.matchAll(/^\/\/ <shared (\w+)>\n[^]*?^\/\/ <\/shared \1>$/gm)];
    assert.equal(blocks.length, opened, `${path}: every block is closed`);
    for (const [block, name] of blocks) {
      const known = first.get(name!) ?? { path, block };
      first.set(name!, known);
      assert.equal(block, known.block, `${name} in ${path} and ${known.path}`);
    }
  }
});

Deno.test("what ops bind by name exists in a kernel they import", async () => {
  const texts = new Map((await kernels()).map(({ path, text }) => [path, text]));
  for (const file of await sourceFiles(["src/ops"], ".ts")) {
    const imported = [...file.text.matchAll(/"\.\.\/\.\.\/(kernels\/\w+\.wgsl)"/g)];
    const names = imported.flatMap((match) => bindings(texts.get(match[1]!) ?? ""));
    const known = new Set(names.map(({ name }) => name));
    const unknown = boundNames(file).filter((name) => !known.has(name));
    if (imported.length > 0) assert.deepEqual(unknown, [], file.path);
  }
});

/** Keys of every `bind: { … }` in a module. */
function boundNames(file: SourceFile): string[] {
  const isBind = (node: Node): node is Property & { value: ObjectExpression } =>
    node.type === "Property" && keyOf(node as Property) === "bind" &&
    (node as Property).value.type === "ObjectExpression";
  return [...walk(parseModule(file))].filter(isBind).flatMap((node) =>
    node.value.properties.flatMap((property) =>
      property.type === "Property" ? keyOf(property) ?? [] : []
    )
  );
}

function keyOf(property: Property): string | undefined {
  return property.key.type === "Identifier" ? property.key.name : undefined;
}

Deno.test("every kernel is used by an op", async () => {
  const ops = (await sourceFiles(["src/ops"], ".ts")).map(({ text }) => text).join("\n");
  const unused = (await kernels()).filter(({ path }) => !ops.includes(`"../../${path}"`));
  assert.deepEqual(unused.map(({ path }) => path), [], ROOT);
});
