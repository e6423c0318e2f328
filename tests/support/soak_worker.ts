/**
 * Sends thousands of jobs, a fifth of them hostile, through one sandbox and prints what went wrong and how the heap grew.
 *
 *   deno run --v8-flags=--expose-gc … soak_worker.ts JOBS
 */
import { SandboxConfig } from "../../src/config/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";

const HOSTILE = [
  "function add() { for (;;); }",
  "function add() { Deno.exit(0); }",
  "function add() { const x = []; for (;;) x.push(new Array(1000).fill(1.5)); }",
  "function add() { throw new Error('x'); }",
];
const CASES = Array.from({ length: 6 }, (_, index) => ({ args: [index, 1], expected: index + 1 }));

const jobs = Number(Deno.args[0]);
const collect = (globalThis as unknown as { gc: () => void }).gc;
const wrong: string[] = [];
const heap: number[] = [];
let next = 0;
let done = 0;

await using sandbox = await Sandbox.open(SandboxConfig.parse({ cacheEntries: 100 }), () => {});

async function judge(index: number): Promise<void> {
  const hostile = index % 5 === 0;
  const program = hostile
    ? HOSTILE[index / 5 % HOSTILE.length]!
    : "function add(a, b) { return a + b; }";
  const { kind } = await sandbox.runCases({
    source: `${program} // ${index}`,
    language: "js",
    entry: "add",
    cases: CASES,
    limits: { wallMs: hostile ? 100 : 5000 },
  });
  if ((kind === "passed") === hostile) wrong.push(`${index}: ${kind}`);
  if (++done % Math.ceil(jobs / 5) !== 0) return;
  collect();
  heap.push(Deno.memoryUsage().heapUsed);
}

const lanes = Array.from({ length: navigator.hardwareConcurrency }, async () => {
  while (next < jobs) await judge(next++);
});
await Promise.all(lanes);
// deno-lint-ignore no-console -- what the test reads
console.log(JSON.stringify({ wrong, growth: heap.at(-1)! - heap[0]! }));
