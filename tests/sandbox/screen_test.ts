import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import { Child } from "../../src/sandbox/child.ts";
import { childProgram, realmProgram } from "../../src/sandbox/child_program.ts";
import { isHarmless } from "../../src/sandbox/harmless.ts";
import { findIsolation } from "../../src/sandbox/isolation.ts";
import { type CasesJob, Sandbox } from "../../src/sandbox/mod.ts";
import { ENDLESS } from "./hostile/endless.ts";
import { FORGING } from "./hostile/forging.ts";
import { GREEDY } from "./hostile/greedy.ts";
import { NEIGHBOURS } from "./hostile/neighbours.ts";
import type { Hostile } from "./hostile/types.ts";

const CASES = [{ args: [1, 2], expected: 3 }, { args: [20, 22], expected: 42 }];

function job(source: string, extra: Partial<CasesJob> = {}): CasesJob {
  return { source, language: "js", entry: "add", cases: CASES, screened: true, ...extra };
}

/** Cases of another problem for each number. */
function casesOf(problem: number): CasesJob["cases"] {
  return [{ args: [problem, 1], expected: problem + 1 }, { args: [2, 3], expected: 5 }];
}

Deno.test("isHarmless() lets programs in that only compute", () => {
  for (
    const source of [
      "function add(a, b) { return a + b; }",
      "const add = ([a, ...rest], { b = 1 } = {}) => rest.reduce((sum, x) => sum + x, a) * b;",
      "class Box { #items = new Map(); constructor(x) { this.x = x; } get size() { return this.#items.size; } } const add = (a) => new Box(a).size;",
      "function* count(n) { for (let i = 0; i < n; i++) yield i; } const add = (n) => [...count(n)].map(String);",
      "outer: for (const x of [1]) { for (;;) break outer; } const add = (word) => word.replace(/a/g, `b${Math.max(1)}`);",
    ]
  ) assert.ok(isHarmless(source), source);
});

Deno.test("isHarmless() keeps out what reaches further, runs later or depends on where it runs", () => {
  for (
    const source of [
      "function add( {",
      "export function add() {}",
      "import 'node:fs';",
      "const add = () => import('node:fs');",
      "const add = async () => 1;",
      "const add = () => Promise.resolve(1);",
      "const add = () => queueMicrotask(add);",
      "const add = () => setTimeout(add);",
      "function setTimeout() {} const add = () => setTimeout();",
      "const add = () => new Date().getTime();",
      "const add = () => Math.random();",
      "const add = () => Math['random']();",
      "const { random } = Math; const add = () => random();",
      "const add = () => eval('1');",
      "const add = () => (() => {}).constructor('return 1')();",
      "const add = (x) => x?.constructor.name;",
      "const add = () => ({ __proto__: null });",
      "Array.prototype.map = () => [];",
      "globalThis.x = 1; const add = () => x;",
      "const add = () => console.log(1);",
      "const add = () => { try { return add(); } catch { return 0; } };",
      "const top = this; const add = () => top;",
      "const add = () => nowhere;",
      "function add() { return arguments.length; }",
    ]
  ) assert.ok(!isHarmless(source), source);
});

Deno.test("a screened program gets the verdict of a process of its own", async () => {
  const sources = [
    "function add(a, b) { return a - b; }",
    "function add(a, b) {\n  return a.b.c;\n}",
    "const add = (a, b) => [a, b];",
    "function add(a, b) { return a === 1 ? NaN : a + b; }",
    "const add = (a, b) => { throw 'no'; };",
    "function add(a, b) { return a + b; }",
    "function add(a, b) { return a === 1 ? 0 : add(a, b); }",
    "const add = 7;",
    "let add = (a, b) => a + b; let add = 0;",
  ];
  const config = SandboxConfig.parse({ wallMs: 20_000 });
  await using screening = await Sandbox.open(config, () => {});
  await using plain = await Sandbox.open({ ...config, screen: false }, () => {});
  for (const source of sources) {
    assert.deepEqual(
      await screening.runCases(job(source)),
      await plain.runCases(job(source)),
      source,
    );
  }
  assert.equal(screening.screenStatistics.failed, 5);
  assert.deepEqual(plain.screenStatistics, { asked: 0, keptOut: 0, failed: 0, processes: 0 });
});

Deno.test("a screened failure is not remembered for those who need a process of its own", async () => {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ wallMs: 20_000 }), () => {});
  const wrong = "const add = () => 0;";
  await sandbox.runCases(job(wrong));
  assert.equal(sandbox.screenStatistics.failed, 1);
  await sandbox.runCases(job(wrong, { screened: false }));
  assert.equal((await sandbox.runCases(job(wrong))).kind, "failed");
  assert.equal(sandbox.screenStatistics.asked, 1, "a verdict that is certain comes first");
  assert.deepEqual(sandbox.cacheStatistics, { hits: 1, misses: 2 });
});

Deno.test("a process sees one program of a problem", async () => {
  const config = SandboxConfig.parse({ wallMs: 20_000, children: 1 });
  await using sandbox = await Sandbox.open(config, () => {});
  const wrong = (index: number) => `const add = () => -${index};`;
  await Promise.all([0, 1, 2].map((i) => sandbox.runCases(job(wrong(i)))));
  assert.equal(sandbox.screenStatistics.processes, 3);
  await Promise.all(
    [3, 4, 5].map((i) => sandbox.runCases(job(wrong(i), { cases: casesOf(i) }))),
  );
  assert.deepEqual(sandbox.screenStatistics, { asked: 6, keptOut: 0, failed: 6, processes: 3 });
});

Deno.test("even a hostile program that got in leaves its neighbours their answers", async () => {
  const isolation = await findIsolation({ memoryMb: 64, cpuSeconds: 10 });
  const program = childProgram("screen");
  const start = () => new Child({ isolation, memoryMb: 64, program, args: [realmProgram()] });
  const ask = async (child: Child, source: string, wallMs: number) => {
    const timer = setTimeout(() => child.kill("deadline"), wallMs);
    await child.send({
      source,
      entry: "add",
      calls: JSON.stringify(CASES.map(({ args }) => args)),
    });
    const line = await child.readLine(2 ** 20);
    clearTimeout(timer);
    return line;
  };
  let child = start();
  let survived = 0;
  for (const { name, source } of NEIGHBOURS) {
    await child.ready;
    const own = JSON.parse(await ask(child, source, 1000) ?? "null");
    assert.ok(!/"value":(?:3|42)\b/.test(own?.answers ?? ""), name);
    const honest = await ask(child, "function add(a, b) { return a + b; }", 20_000);
    if (honest === undefined) {
      await child[Symbol.asyncDispose]();
      child = start();
      continue;
    }
    survived++;
    assert.deepEqual(JSON.parse(honest), { answers: '[{"value":3},{"value":42}]' }, name);
  }
  await child[Symbol.asyncDispose]();
  assert.ok(survived >= NEIGHBOURS.length - 8, `${survived}`);
});

Deno.test("hostile programs forge no screened verdict, and honest ones keep theirs among them", async () => {
  const hostile: readonly Hostile[] = [
    ...NEIGHBOURS.filter((_, index) => index % 3 === 0),
    ...FORGING.filter((_, index) => index % 3 === 0 || index < 10),
    ...GREEDY.slice(0, 2),
    ...ENDLESS.slice(0, 2),
  ];
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ wallMs: 10_000 }), () => {});
  const limits = { wallMs: 700 };
  const attacks = hostile.map(async ({ name, source, language = "js" }) => {
    const { kind } = await sandbox.runCases(job(source, { language, limits }));
    assert.notEqual(kind, "passed", name);
  });
  const honest = hostile.flatMap(({ name }, index) => {
    const cases = casesOf(index);
    const wrong = sandbox.runCases(job(`const add = (a, b) => a - b; // ${index}`, { cases }));
    const right = index % 4 === 0 &&
      sandbox.runCases(job(`const add = (a, b) => a + b; // ${index}`, { cases }));
    return [
      wrong.then(({ kind }) => assert.equal(kind, "failed", name)),
      ...(right ? [right.then(({ kind }) => assert.equal(kind, "passed", name))] : []),
    ];
  });
  await Promise.all([...attacks, ...honest]);
  assert.ok(sandbox.screenStatistics.failed >= hostile.length);
});
