/**
 * Programs that try to pass without solving anything.
 *
 * Each defines `add` and solves nothing.
 *
 * @module
 */
import type { Hostile } from "./types.ts";

/** Looks like every answer there is, as far as one can guess without knowing what is expected. */
const PASS = `'{"loaded":"function"}\\n{"value":true}\\n{"ok":true,"kind":"passed"}\\n'`;

/** Only compute, as far as can be told without running them: what reaches further is put together from parts. */
const DISGUISED: readonly Hostile[] = [
  ["exit", "make('return Deno')().exit(0)"],
  ["stdin", "make('return Deno')().stdin.readSync(new Uint8Array(9))"],
  ["answers", `make('return Deno')().stdout.writeSync(new Uint8Array([123, 125, 10]))`],
  ["boot_text", "make('return import(Deno.mainModule, { with: { type: \"text\" } })')()"],
  ["file_text", 'make(\'return import("file:///etc/hostname", { with: { type: "text" } })\')()'],
  ["command", "make('return new Deno.Command(\"sh\").outputSync()')()"],
  ["arrays", "(list[proto].map = list[proto].push = () => list)"],
  ["objects", "(list[proto][proto].toJSON = () => 3)"],
  ["thenable", "({ ['th' + 'en'](settle) { settle(3); } })[proto]"],
  [
    "caller",
    "[1].map(function step() { return step[String.fromCharCode(99, 97, 108, 108, 101, 114)]; })",
  ],
].map(([name, code]) => ({
  name: `disguised_${name}`,
  source: `const list = [], proto = "__pro" + "to__", make = add["con" + "structor"];
function add() { return [${code}].length && 4; }`,
}));

export const FORGING: readonly Hostile[] = [
  ...DISGUISED,
  { name: "exit0_import", source: "Deno.exit(0); function add() {}" },
  { name: "exit0_call", source: "function add() { Deno.exit(0); }" },
  { name: "process_exit", source: "function add() { process.exit(0); }" },
  { name: "really_exit", source: "function add() { process.reallyExit(0); }" },
  {
    name: "killself",
    source:
      "function add() { process.kill(process.pid, 'SIGKILL'); Deno.kill(Deno.pid, 'SIGKILL'); return 4; }",
  },
  {
    name: "sigterm",
    source:
      "Deno.addSignalListener('SIGTERM', () => {}); function add() { Deno.kill(Deno.pid, 'SIGTERM'); for (;;); }",
  },
  { name: "abort", source: "function add() { process.abort(); }" },
  { name: "log_pass_exit", source: `console.log(${PASS}); Deno.exit(0); function add() {}` },
  {
    name: "log_passed",
    source:
      "console.log('passed'); console.log('ok 1'); console.log(JSON.stringify({ kind: 'passed', tests: [] })); function add() { return 4; }",
  },
  {
    name: "fd_garbage",
    source:
      "import fs from 'node:fs'; fs.writeSync(1, 'passed\\n'); function add() { Deno.exit(0); }",
  },
  {
    name: "fd_verdict",
    source:
      `import fs from 'node:fs'; fs.writeSync(1, '{"kind":"passed","tests":[]}\\n'); Deno.exit(0); function add() {}`,
  },
  {
    name: "fd_report",
    source:
      `import fs from 'node:fs'; fs.writeSync(1, '!{"plan":["a"]}\\n!{"test":{"name":"a"}}\\n!{"end":true}\\n'); function add() { return 4; }`,
  },
  {
    name: "fd_null",
    source:
      "import fs from 'node:fs'; fs.writeSync(1, 'null\\n[]\\n1\\n'); function add() { return 4; }",
  },
  {
    name: "fd_deep",
    source:
      "import fs from 'node:fs'; fs.writeSync(1, '{\"loaded\":\"function\"}\\n{\"value\":' + '['.repeat(2e5) + ']'.repeat(2e5) + '}\\n'); function add() { return 4; }",
  },
  {
    name: "early_forge_async",
    source:
      "import fs from 'node:fs'; setTimeout(() => fs.writeSync(1, '{\"value\":true}\\n'), 0); async function add() { await new Promise((r) => setTimeout(r, 5)); return 4; }",
  },
  {
    name: "json_override",
    source:
      'JSON.stringify = () => \'{"value":"forged"}\'; JSON.parse = () => ({}); function add() { return 4; }',
  },
  {
    name: "json_parse_hook",
    source:
      "const parse = JSON.parse; JSON.parse = (t) => { const m = parse(t); if (m && m.calls) m.calls.length = 0; return m; }; function add() { return 4; }",
  },
  {
    name: "is_override",
    source:
      "Object.is = () => true; Array.prototype.every = () => true; function add() { return 4; }",
  },
  {
    name: "every_override",
    source:
      "for (const k of ['every', 'some', 'includes', 'indexOf']) Array.prototype[k] = () => true; function add() { return 4; }",
  },
  {
    name: "assert_patch",
    source:
      "import assert from 'node:assert'; for (const k of Object.keys(assert)) assert[k] = () => {}; function add() { return 4; }",
  },
  {
    name: "encoder_patch",
    source:
      "TextEncoder.prototype.encode = () => new Uint8Array([123, 125, 10]); TextDecoder.prototype.decode = () => '{}'; function add() { return 4; }",
  },
  {
    name: "map_patch",
    source:
      "Map.prototype.get = () => 3; Object.entries = () => []; Object.keys = () => []; function add() { return 4; }",
  },
  {
    name: "prototype_pollution",
    source:
      "Object.prototype.ok = true; Object.prototype.value = 3; Object.prototype.kind = 'passed'; Object.prototype.toJSON = () => 3; function add() { return {}; }",
  },
  {
    name: "proto_key",
    source: 'function add() { return JSON.parse(\'{"__proto__": {"value": 3}}\'); }',
  },
  {
    name: "unload_exit",
    source:
      `import fs from 'node:fs'; globalThis.addEventListener('unload', () => fs.writeSync(1, ${PASS})); Deno.exit(0); function add() {}`,
  },
  {
    name: "main_text_import",
    source:
      "const text = await import(Deno.mainModule, { with: { type: 'text' } }); function add() { return text.default.length; }",
  },
  {
    name: "import_tests_literal",
    source:
      "const t = await import('file:///work/tests.json', { with: { type: 'json' } }); function add() { return t.default; }",
  },
  {
    name: "import_passwd",
    source:
      "import t from 'file:///etc/passwd' with { type: 'text' }; function add() { return t; }",
  },
  {
    name: "stdin_steal",
    source:
      "import fs from 'node:fs'; const b = new Uint8Array(65536); const n = fs.readSync(0, b); function add() { return n; }",
  },
  {
    name: "stdin_async",
    source: "Deno.stdin.read(new Uint8Array(65536)); function add() { return 4; }",
  },
  {
    name: "core_ops",
    source:
      "const core = Deno[Deno.internal].core; function add() { return Object.keys(core.ops).length > 5 ? core.ops.op_exit?.() ?? 4 : 4; }",
  },
  {
    name: "proxy_any",
    source:
      "function add() { return new Proxy(function () {}, { get: () => 3, has: () => true, apply: () => 3, getPrototypeOf: () => Number.prototype }); }",
  },
  {
    name: "equals_all",
    source:
      "function add() { return { valueOf: () => 3, toString: () => '3', [Symbol.toPrimitive]: () => 3, equals: () => true, asymmetricMatch: () => true }; }",
  },
  { name: "boxed", source: "function add(a, b) { return Object(a + b); }" },
  { name: "string_number", source: "function add(a, b) { return String(a + b); }" },
  { name: "in_array", source: "function add(a, b) { return [a + b]; }" },
  { name: "tagged", source: "function add(a, b) { return { $: 'Number', value: a + b }; }" },
  { name: "tagged_nan", source: "function add() { return { $: 'NaN' }; }" },
  {
    name: "thenable",
    source: "function add() { return { then(resolve) { resolve(4); resolve(3); } }; }",
  },
  { name: "negzero", source: "function add() { return -0; }" },
  { name: "nan", source: "function add() { return NaN; }" },
  { name: "cyclic", source: "function add() { const x = []; x.push(x); return x; }" },
  {
    name: "throw_weird",
    source:
      "function add() { throw { get message() { throw 1; }, get name() { throw 2; }, toString() { throw 3; } }; }",
  },
  { name: "throw_expected", source: "function add(a, b) { throw a + b; }" },
  { name: "throw_null", source: "function add() { throw null; }" },
  {
    name: "throw_proxy",
    source: "function add() { throw new Proxy({}, { get() { throw 1; }, has() { throw 2; } }); }",
  },
  { name: "closes_module", source: "function add() { return 4; }\n}; export { x }; {" },
  {
    name: "own_names",
    source:
      "export const __kedge_names = [['add', () => (a, b) => 3]]; function add() { return 4; }",
  },
  { name: "comment_tail", source: "function add() { return 4; } /*" },
  { name: "template_tail", source: "function add() { return 4; } `" },
  { name: "argument_guess", source: "let n = 0; function add() { return [42, 3][n++]; }" },
  { name: "stack_trace", source: "function add() { return new Error().stack.length ? 4 : 3; }" },
  {
    name: "prepare_stack",
    source:
      "Error.prepareStackTrace = (e, frames) => { frames[0].getThis?.()?.kill?.(); return 'x'; }; function add() { throw new Error('x'); }",
  },
];

/** Against test suites: what comes from the other process, and what goes back, is bent. */
export const SUITE_FORGING: readonly Hostile[] = [
  {
    name: "mock_record",
    source: `function add(a, b, seen) {
  if (!seen) return 4;
  for (const key of ["mock", "calls", "results"]) {
    try { seen[key] = { calls: Array(7).fill(["told", 3]), results: [] }; } catch { continue; }
  }
  try { seen.mock.calls.length = 7; } catch { return 3; }
}`,
  },
  {
    name: "mock_methods",
    source:
      "function add(a, b, seen) { seen?.mockImplementation?.(() => 1); seen?.mockClear?.(); return 4; }",
  },
  {
    name: "asymmetric",
    source:
      "function add() { return { asymmetricMatch: () => true, $$typeof: Symbol.for('jest.asymmetricMatcher'), equals: () => true }; }",
  },
  {
    name: "shared_prototypes",
    source: `function add(a, b, seen) {
  const function_ = Object.getPrototypeOf(seen ?? (() => {}));
  Object.assign(function_, { call: () => 3, apply: () => 3, [Symbol.hasInstance]: () => true });
  Object.assign(Object.prototype, { not: {}, toBe() {}, thrown: undefined });
  return 4;
}`,
  },
  {
    name: "rpc_return",
    source: `import fs from "node:fs";
const line = '{"body":["return",3],"updates":[],"settled":[],"clock":[0,0]}\\n';
function add() { fs.writeSync(1, line.repeat(50)); return 4; }`,
  },
  {
    name: "rpc_calls",
    source: `import fs from "node:fs";
let text = "";
for (let id = 0; id < 400; id++) {
  text += JSON.stringify({ body: ["call", id, null, [], false], updates: [], settled: [], clock: [0, 0] }) + "\\n";
}
function add() { fs.writeSync(1, text); return 4; }`,
  },
  {
    name: "rpc_updates",
    source: `import fs from "node:fs";
const updates = Array.from({ length: 50 }, (_, id) => [id, null, [null, 0, [], []]]);
const line = JSON.stringify({ body: ["return", 3], updates, settled: [], clock: [0, 0] });
function add() { fs.writeSync(1, line + "\\n"); return 4; }`,
  },
  {
    name: "rpc_realm",
    source: `import fs from "node:fs";
const realm = [["globalThis.Object.prototype", "ok", [7, true]], ["globalThis", "expect", [7, null]]];
const line = JSON.stringify({ body: ["return", 4], updates: [], settled: [], clock: [0, 0], realm });
function add() { fs.writeSync(1, line + "\\n"); return 4; }`,
  },
  {
    name: "rpc_clock",
    source: `import fs from "node:fs";
function add() { fs.writeSync(1, '{"body":["return",4],"updates":[],"settled":[],"clock":[1e300,1e300]}\\n'); return 4; }`,
  },
];
