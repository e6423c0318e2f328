/** Thousands of jobs through one sandbox, a fifth of them hostile. */
import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";

const JOBS = 5000;
/** Growth of the whole process beyond the first fifth of the jobs; one kept job of 8 KiB would exceed it. */
const MOST_GROWTH = 32 * 2 ** 20;
const HOSTILE = [
  "function add() { for (;;); }",
  "function add() { Deno.exit(0); }",
  "function add() { const x = []; for (;;) x.push(new Array(1000).fill(1.5)); }",
  "function add() { throw new Error('x'); }",
];
const CASES = Array.from({ length: 6 }, (_, index) => ({ args: [index, 1], expected: index + 1 }));

Deno.test("5,000 jobs, a fifth hostile: none forged, no honest one lost, memory stays flat", async () => {
  const config = SandboxConfig.parse({ cacheEntries: 100 });
  await using sandbox = await Sandbox.open(config, () => {});
  const wrong: string[] = [];
  let warm = 0;
  const judge = async (index: number): Promise<void> => {
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
    if (index === JOBS / 5) warm = Deno.memoryUsage().rss;
  };
  let next = 0;
  const lanes = Array.from({ length: navigator.hardwareConcurrency }, async () => {
    while (next < JOBS) await judge(next++);
  });
  await Promise.all(lanes);
  assert.deepEqual(wrong, []);
  const growth = Deno.memoryUsage().rss - warm;
  assert.ok(growth < MOST_GROWTH, `grew by ${(growth / 2 ** 20).toFixed(0)} MiB`);
});
