/**
 * Programs that use up memory, output or processes.
 *
 * Each defines `add` and solves nothing.
 *
 * @module
 */
import type { Hostile } from "./types.ts";

export const GREEDY: readonly Hostile[] = [
  {
    name: "mem_array",
    source: "function add() { const x = []; for (;;) x.push(new Array(1000).fill(1.5)); }",
  },
  {
    name: "mem_load",
    source: "const x = []; for (;;) x.push(new Array(1000).fill(1.5)); function add() {}",
  },
  { name: "mem_string", source: "function add() { let s = 'x'; for (;;) s += s; }" },
  {
    name: "mem_object",
    source: "function add() { let o = {}; for (;;) o = { o, a: [1, 2, 3] }; }",
  },
  {
    name: "mem_map",
    source: "function add() { const m = new Map(); for (let i = 0;; i++) m.set(i, { i }); }",
  },
  {
    name: "mem_closure",
    source:
      "function add() { const fs = []; for (;;) { const a = new Array(100).fill({}); fs.push(() => a); } }",
  },
  {
    name: "mem_arraybuffer",
    source: "function add() { const x = []; for (;;) x.push(new Uint8Array(1e7).fill(1)); }",
  },
  {
    name: "mem_shared",
    source:
      "function add() { const x = []; for (;;) x.push(new Uint8Array(new SharedArrayBuffer(1e7)).fill(1)); }",
  },
  {
    name: "mem_wasm",
    source:
      "function add() { const x = []; for (;;) { const m = new WebAssembly.Memory({ initial: 1000 }); new Uint8Array(m.buffer).fill(1); x.push(m); } }",
  },
  {
    name: "mem_blob",
    source:
      "function add() { const x = []; for (;;) x.push(new Blob([new Uint8Array(1e7).fill(1)])); }",
  },
  {
    name: "mem_promise",
    source: "function add() { const f = () => { for (;;) Promise.resolve().then(f); }; f(); }",
  },
  {
    name: "mem_structured",
    source: "function add() { let x = [1]; for (;;) x = structuredClone([x, x]); }",
  },
  {
    name: "mem_workers",
    source:
      "function add() { for (let i = 0; i < 200; i++) new Worker('data:text/javascript,for(;;);', { type: 'module' }); return 4; }",
  },
  {
    name: "nested",
    source:
      "function add() { new Worker('data:text/javascript,' + encodeURIComponent('new Worker(\"data:text/javascript,for(;;);\", {type:\"module\"}); for(;;);'), { type: 'module' }); for (;;); }",
  },
  {
    name: "unstableworker",
    source:
      "function add() { new Worker('data:text/javascript,Deno.exit(0)', { type: 'module', deno: { permissions: 'inherit' } }); return 4; }",
  },
  {
    name: "mem_stdout",
    source:
      "import fs from 'node:fs'; function add() { const b = new Uint8Array(1e6).fill(120); for (;;) fs.writeSync(1, b); }",
  },
  {
    name: "mem_stdout_lines",
    source:
      "import fs from 'node:fs'; function add() { const b = new TextEncoder().encode('{}\\n'.repeat(1e5)); for (;;) fs.writeSync(1, b); }",
  },
  {
    name: "mem_console",
    source: "function add() { for (;;) console.log('x'.repeat(1e6)); }",
  },
  {
    name: "mem_stderr",
    source:
      "import fs from 'node:fs'; function add() { const b = new Uint8Array(1e6).fill(120); for (;;) fs.writeSync(2, b); }",
  },
  { name: "huge", source: "function add() { return new Array(3e6).fill('result'); }" },
  { name: "huge_string", source: "function add() { return 'x'.repeat(2e8); }" },
  { name: "huge_key", source: "function add() { return { ['x'.repeat(1e8)]: 3 }; }" },
  {
    name: "deepnest",
    source: "function add() { let x = 3; for (let i = 0; i < 1e6; i++) x = [x]; return x; }",
  },
  {
    name: "wide_set",
    source: "function add() { return new Set(Array.from({ length: 2e5 }, (_, i) => [i + 0.5])); }",
  },
  { name: "throw_huge", source: "function add() { throw new Error('x'.repeat(1e8)); }" },
  {
    name: "fork_bomb",
    source:
      "import { spawn } from 'node:child_process'; function add() { for (;;) spawn('sh', ['-c', 'sleep 100']); }",
  },
  {
    name: "fork_deno",
    source:
      "function add() { for (;;) new Deno.Command(Deno.execPath(), { args: ['eval', 'for(;;);'] }).spawn(); }",
  },
  {
    name: "heap_flag",
    source:
      "import v8 from 'node:v8'; v8.setFlagsFromString('--max-old-space-size=8000'); function add() { const x = []; for (;;) x.push(new Array(1000).fill(1.5)); }",
  },
  {
    name: "descriptors",
    source: "import net from 'node:net'; function add() { for (;;) net.createServer().listen(0); }",
  },
];
