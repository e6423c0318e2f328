/**
 * Programs that never come to an end, or hold on to the processor after their time.
 *
 * Each defines `add` and solves nothing.
 *
 * @module
 */
import type { Hostile } from "./types.ts";

export const ENDLESS: readonly Hostile[] = [
  { name: "loop_sync", source: "for (;;);" },
  { name: "loop_call", source: "function add() { for (;;); }" },
  { name: "loop_finally", source: "function add() { try { return 3; } finally { for (;;); } }" },
  {
    name: "microtask",
    source:
      "function add() { const f = () => queueMicrotask(f); f(); return new Promise(() => {}); }",
  },
  {
    name: "microtask_load",
    source:
      "const f = () => Promise.resolve().then(f); f(); await new Promise(() => {}); function add() {}",
  },
  {
    name: "generator",
    source:
      "function add() { for (const x of (function* () { for (;;) yield 1; })()) if (x > 1) return 3; }",
  },
  {
    name: "regex",
    source: "function add() { return /^(a+)+$/.test('a'.repeat(40) + 'b') ? 3 : 4; }",
  },
  {
    name: "wasmloop",
    source:
      `const bytes = new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11]);
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
function add() { exports.f(); return 3; }`,
  },
  {
    name: "atomics",
    source:
      "function add() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); return 3; }",
  },
  {
    name: "catchterm",
    source:
      "function add() { for (;;) { try { (function f() { f(); })(); } catch { continue; } } }",
  },
  {
    name: "sqlite",
    source: `import { DatabaseSync } from "node:sqlite";
function add() {
  const db = new DatabaseSync(":memory:");
  db.exec("WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t");
}`,
  },
  {
    name: "pbkdf2",
    source: `import { pbkdf2Sync } from "node:crypto";
function add() { return pbkdf2Sync("a", "b", 2_000_000_000, 64, "sha512"); }`,
  },
  {
    name: "pbkdf2async",
    source: `import { pbkdf2 } from "node:crypto";
function add() { for (let i = 0; i < 8; i++) pbkdf2("a", "b", 2e9, 64, "sha512", () => {}); return new Promise(() => {}); }`,
  },
  {
    name: "bigint",
    source: "function add() { let x = 3n; for (;;) x = x ** 3n; }",
  },
  {
    name: "sort",
    source: "function add() { return new Array(1e5).fill(0).sort(() => { for (;;); }); }",
  },
  {
    name: "promise_chain",
    source: "async function add() { for (;;) await null; }",
  },
  {
    name: "interval",
    source: "function add() { return new Promise(() => setInterval(() => {}, 1)); }",
  },
  {
    name: "busy_clock",
    source: "function add() { const end = Date.now() + 1e12; while (Date.now() < end); return 3; }",
  },
  {
    name: "getter_loop",
    source: "function add() { return { get sum() { for (;;); } }; }",
  },
  {
    name: "proxy_loop",
    source: "function add() { return new Proxy({}, { ownKeys() { for (;;); } }); }",
  },
  {
    name: "tojson_loop",
    source: "function add() { return { toJSON() { for (;;); }, get x() { for (;;); } }; }",
  },
  {
    name: "iterator_loop",
    source:
      "function add() { const s = new Set(); s[Symbol.iterator] = function* () { for (;;) yield 1; }; return s; }",
  },
  {
    name: "thenable_loop",
    source: "function add() { return { then() { for (;;); } }; }",
  },
  {
    name: "exit_handler_loop",
    source:
      "globalThis.addEventListener('unload', () => { for (;;); }); function add() { Deno.exit(0); }",
  },
  {
    name: "process_exit_loop",
    source: "process.on('exit', () => { for (;;); }); function add() { return 4; }",
  },
  {
    name: "beforeunload_loop",
    source:
      "globalThis.addEventListener('beforeunload', (e) => e.preventDefault()); function add() { setInterval(() => {}, 1); return 4; }",
  },
  {
    name: "finalizer",
    source:
      "const r = new FinalizationRegistry(() => { for (;;); }); function add() { for (let i = 0; i < 1e5; i++) r.register({}, i); return 4; }",
  },
  {
    name: "typed_loop",
    language: "ts",
    source: "function add(a: number, b: number): number { while (true) a += b; }",
  },
  {
    name: "typed_enum_loop",
    language: "ts",
    source: "enum E { A = (() => { for (;;); })() as never } function add(): E { return E.A; }",
  },
];
