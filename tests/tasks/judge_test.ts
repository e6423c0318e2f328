import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { judge } from "../../src/tasks/mod.ts";

const CASES = {
  kind: "cases" as const,
  cases: [{ args: [1], expected: 2 }, { args: [2], expected: 4 }, { args: [3], expected: 6 }],
};

const candidate = (code: string) => ({ code, language: "js" as const, entry: "f" });

Deno.test("judge() runs cases, a program and a suite", async () => {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }), () => {});
  const right = candidate("function f(n) { return n * 2; }");
  const wrong = candidate("function f(n) { return n + 2; }");
  const program = { kind: "program" as const, text: "if (f(3) !== 6) throw new Error('no');" };
  const suite = {
    kind: "suite" as const,
    text: "Deno.test('doubles', () => { if (f(3) !== 6) throw 1; });",
  };
  for (const tests of [CASES, program, suite]) {
    assert.equal((await judge(sandbox, right, tests)).kind, "passed", tests.kind);
    assert.equal((await judge(sandbox, wrong, tests)).kind, "failed", tests.kind);
  }
});

Deno.test("judge() puts the prelude before the program and can stop at the first failure", async () => {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }), () => {});
  const code = candidate("function f(n) { return twice(n) + 1; }");
  const prelude = "const twice = (n) => n * 2;";
  const verdict = await judge(sandbox, { ...code, prelude }, CASES, { stopAtFirstFailure: true });
  assert(verdict.kind === "failed");
  assert.equal(verdict.tests.length, 1);
  assert.equal((await judge(sandbox, code, CASES)).kind, "failed");
});
