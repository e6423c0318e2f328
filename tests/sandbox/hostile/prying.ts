/**
 * Programs that reach for files, the network, the environment or the machine.
 *
 * Each defines `add` and solves nothing. `PORT` stands for a port where the test listens, `FOLDER` for a folder that must
 * stay empty.
 *
 * @module
 */
import type { Hostile } from "./types.ts";

export const PRYING: readonly Hostile[] = [
  {
    name: "storage",
    source: "function add() { localStorage.setItem('a', 'x'.repeat(1e6)); return 4; }",
  },
  {
    name: "caches",
    source:
      "async function add() { const c = await caches.open('a'); await c.put('http://a/', new Response('x'.repeat(1e6))); return 4; }",
  },
  {
    name: "write_file",
    source: "function add() { Deno.writeTextFileSync('FOLDER/a', 'x'); return 4; }",
  },
  {
    name: "write_node",
    source:
      "import fs from 'node:fs'; function add() { fs.writeFileSync('FOLDER/b', 'x'); return 4; }",
  },
  {
    name: "write_temp",
    source: "function add() { return Deno.makeTempFileSync({ dir: 'FOLDER' }); }",
  },
  {
    name: "write_sqlite",
    source:
      "import { DatabaseSync } from 'node:sqlite'; function add() { new DatabaseSync('FOLDER/c.db').exec('create table t(x)'); return 4; }",
  },
  {
    name: "kv",
    source:
      "async function add() { const kv = await Deno.openKv('FOLDER/kv'); await kv.set(['a'], 1); return 4; }",
  },
  {
    name: "heap_snapshot",
    source:
      "import v8 from 'node:v8'; function add() { v8.writeHeapSnapshot('FOLDER/heap'); return 4; }",
  },
  {
    name: "inspector",
    source:
      "import inspector from 'node:inspector'; function add() { inspector.open(PORT + 1, '127.0.0.1'); return 4; }",
  },
  {
    name: "read_proc",
    source: "function add() { return Deno.readTextFileSync('/proc/self/environ'); }",
  },
  {
    name: "read_host",
    source: "import fs from 'node:fs'; function add() { return fs.readdirSync('/proc').join(); }",
  },
  { name: "environment", source: "function add() { return JSON.stringify(Deno.env.toObject()); }" },
  {
    name: "hostname",
    source:
      "import os from 'node:os'; function add() { return os.hostname() + os.userInfo().username; }",
  },
  {
    name: "fetch",
    source: "async function add() { await fetch('http://127.0.0.1:PORT/'); return 4; }",
  },
  {
    name: "connect",
    source:
      "async function add() { await Deno.connect({ hostname: '127.0.0.1', port: PORT }); return 4; }",
  },
  {
    name: "node_net",
    source:
      "import net from 'node:net'; function add() { return new Promise((r) => { const s = net.connect(PORT, '127.0.0.1'); s.on('connect', () => r(4)); s.on('error', () => r(5)); }); }",
  },
  {
    name: "websocket",
    source:
      "function add() { return new Promise((r) => { const s = new WebSocket('ws://127.0.0.1:PORT/'); s.onopen = () => r(4); s.onerror = () => r(5); }); }",
  },
  {
    name: "udp",
    source:
      "import dgram from 'node:dgram'; function add() { return new Promise((r) => { const s = dgram.createSocket('udp4'); s.on('error', () => r(5)); s.send('x', PORT, '127.0.0.1', () => r(4)); }); }",
  },
  {
    name: "dns",
    source:
      "import dns from 'node:dns'; function add() { return new Promise((r) => dns.resolve('localhost', () => r(4))); }",
  },
  {
    name: "remote_import",
    source: "import x from 'http://127.0.0.1:PORT/x.js'; function add() { return x; }",
  },
  {
    name: "remote_import_late",
    source: "async function add() { return (await import('http://127.0.0.1:PORT/y.js')).default; }",
  },
  {
    name: "remote_json",
    source:
      "async function add() { return (await import('http://127.0.0.1:PORT/z.json', { with: { type: 'json' } })).default; }",
  },
  { name: "npm_import", source: "import z from 'npm:zod'; function add() { return z; }" },
  { name: "jsr_import", source: "import z from 'jsr:@std/assert'; function add() { return z; }" },
  {
    name: "require_file",
    source:
      "import { createRequire } from 'node:module'; function add() { return createRequire('file:///etc/x.js')('/etc/passwd'); }",
  },
  {
    name: "worker_file",
    source: "function add() { new Worker('file:///etc/passwd', { type: 'module' }); return 4; }",
  },
  {
    name: "ffi",
    source:
      "function add() { return Deno.dlopen('libc.so.6', { getpid: { parameters: [], result: 'i32' } }).symbols.getpid(); }",
  },
  {
    name: "dlopen_node",
    source: "function add() { process.dlopen({}, 'FOLDER/x.node'); return 4; }",
  },
  {
    name: "command",
    source: "function add() { return new Deno.Command('id').outputSync().code; }",
  },
  {
    name: "exec",
    source:
      "import { execSync } from 'node:child_process'; function add() { return execSync('touch FOLDER/d'); }",
  },
  {
    name: "kill_parent",
    source:
      "function add() { for (let p = 1; p < 70000; p += 997) { try { Deno.kill(p, 'SIGKILL'); } catch { continue; } } process.kill(process.ppid, 'SIGKILL'); return 4; }",
  },
  {
    name: "permissions",
    source:
      "async function add() { return (await Deno.permissions.request({ name: 'read' })).state; }",
  },
  {
    name: "webgpu",
    source: "async function add() { return (await navigator.gpu.requestAdapter()) ? 4 : 5; }",
  },
  {
    name: "node_vm",
    source:
      "import vm from 'node:vm'; function add() { return vm.runInThisContext(\"process.mainModule.require('fs').readFileSync('/etc/passwd')\"); }",
  },
  {
    name: "eval_import",
    source: "function add() { return new Function(\"return import('file:///etc/passwd')\")(); }",
  },
  {
    name: "broadcast",
    source: "function add() { const c = new BroadcastChannel('a'); c.postMessage(1); return 4; }",
  },
  {
    name: "serve",
    source: "function add() { Deno.serve({ port: 0 }, () => new Response('x')); return 4; }",
  },
];
