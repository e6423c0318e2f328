/**
 * Programs that try to make an honest program look wrong, which the same process looks over after them.
 *
 * @module
 */
import type { Hostile } from "./types.ts";

const FORGED = '{"answers":"[{\\\\"value\\\\":0},{\\\\"value\\\\":0}]"}\\n';

/** What each does beside adding wrongly. */
const TRICKS: readonly (readonly [name: string, code: string])[] = [
  ["patch_array", "for (const name of ['map', 'push', 'join']) Array.prototype[name] = () => [];"],
  ["patch_json", "JSON.stringify = () => '[]'; JSON.parse = () => [];"],
  [
    "patch_object",
    "Object.prototype.toJSON = () => 0; Object.is = () => false; Object.keys = () => [];",
  ],
  ["patch_call", "Function.prototype.call = Function.prototype.apply = () => 0;"],
  ["patch_iterator", "Array.prototype[Symbol.iterator] = function* () { yield 0; };"],
  ["patch_error", "Error.prepareStackTrace = () => { throw 0; }; Error.stackTraceLimit = 0;"],
  ["global_entry", "globalThis.add = () => 0; globalThis.undefined_ = 0;"],
  [
    "global_names",
    "for (const key of ['Map', 'Set', 'Date', 'String']) globalThis[key] = () => 0;",
  ],
  [
    "freeze_all",
    "for (const key of Reflect.ownKeys(globalThis)) { try { Object.freeze(globalThis[key]); } catch {} }",
  ],
  ["symbol_registry", "Symbol.for('kedge').toString = 0;"],
  [
    "frames",
    "Error.prepareStackTrace = (e, s) => s.map((f) => [f.getFunction(), f.getThis()]); const seen = new Error().stack; for (const [f, t] of seen) { if (f) f.constructor.prototype.call = 0; if (t) t.answers = 0; }",
  ],
  [
    "outer_function",
    "const outer = globalThis.constructor.constructor('return process')(); outer.exit(0);",
  ],
  ["outer_console", "console.log.constructor('return process')().exit(0);"],
  [
    "outer_error",
    "try { null.x; } catch (error) { error.constructor.constructor('return Deno')().exit(0); }",
  ],
  [
    "overflow_error",
    "try { (function f() { f(); })(); } catch (error) { error.constructor.constructor('return Deno')().exit(0); }",
  ],
  ["indirect_eval", "(0, eval)('globalThis.constructor.constructor')('return Deno')().exit(0);"],
  ["import_files", `import("node:fs").then((fs) => fs.writeSync(1, '${FORGED}'));`],
  ["import_data", "import('data:text/javascript,Deno.exit(0)');"],
  ["print", `console.log('${FORGED}'); console.error('${FORGED}'); console.clear();`],
  [
    "later",
    `const again = () => { console.log('${FORGED}'); Promise.resolve().then(again); }; again();`,
  ],
  ["later_async", "(async () => { for (;;) await null; })();"],
  ["wasm", "new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));"],
  [
    "globals_of_host",
    "for (const name of ['Deno', 'process', 'fetch', 'setTimeout']) if (globalThis[name]) globalThis[name].exit?.(0);",
  ],
  ["getters", "Object.defineProperty(Array.prototype, 0, { set() {}, get: () => 0 });"],
  [
    "species",
    "Object.defineProperty(Array, Symbol.species, { value: function () { return []; } });",
  ],
  ["memory", "globalThis.kept = new Array(3e6).fill(0.5);"],
  ["heap_bomb", "const kept = []; for (;;) kept.push(new Array(1000).fill(0.5));"],
  ["endless", "for (;;);"],
  ["regex", "/^(a+)+$/.test('a'.repeat(40) + 'b');"],
];

/** Each does its trick twice: while it loads, and while it is called. */
export const NEIGHBOURS: readonly Hostile[] = [
  ...TRICKS.map(([name, code]) => ({
    name: `neighbour_${name}`,
    source: `try { ${code} } catch {} function add() { try { ${code} } catch {} return 0; }`,
  })),
  ...TRICKS.slice(0, 12).map(([name, code]) => ({
    name: `neighbour_getter_${name}`,
    source: `function add() { return { get value() { ${code} return 0; } }; }`,
  })),
  {
    name: "neighbour_proxy",
    source:
      "var add = new Proxy(function () {}, { get: () => { throw 0; }, apply: (f, self, args) => new Proxy(args, { ownKeys() { throw f; } }) });",
  },
  {
    name: "neighbour_unbalanced",
    source: "} } Array.prototype.map = () => []; { { function add() { return 0; }",
  },
  {
    name: "neighbour_injected",
    source: "function add() { return 0; } } return function () { return '[{\"value\":0}]'; }; {",
  },
];
