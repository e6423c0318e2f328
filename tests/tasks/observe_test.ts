import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { describeFailure, observe, observeFirst } from "../../src/tasks/mod.ts";

const CASES = [
  { args: [[1, 2]], expected: 3 },
  { args: [[]], expected: 0 },
  { args: [null], expected: 0 },
];

async function verdictOf(source: string) {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }), () => {});
  return await sandbox.runCases({ source, language: "js", entry: "f", cases: CASES });
}

Deno.test("observe() names each failing test, observeFirst() the first in one line", async () => {
  const verdict = await verdictOf("function f(xs) {\n  return xs.length;\n}");
  assert.equal(observeFirst(verdict), "f([1, 2]): expected 3, received 2");
  const lines = observe(verdict).split("\n");
  assert.equal(lines.length, 2);
  assert.match(lines[1]!, /^f\(null\): expected 0, threw TypeError/);
  assert.equal(observe(verdict, 10).length, 10);
});

Deno.test("describeFailure() writes what observeFirst() writes of the verdict", async () => {
  const wrong = await verdictOf("function f() {\n  return [NaN, 'a'];\n}");
  const value = [{ $: "NaN" }, "a"];
  assert.equal(describeFailure("f", CASES[0]!, { kind: "value", value }), observeFirst(wrong));
  const thrown = await verdictOf("function f(xs) {\n  return xs.sum();\n}");
  const message = "TypeError: xs.sum is not a function";
  assert.equal(describeFailure("f", CASES[0]!, { kind: "threw", message }), observeFirst(thrown));
});

Deno.test("observeFirst() gives the reason where no test ran, and nothing if all passed", async () => {
  assert.match(observeFirst(await verdictOf("function f( {")), /.+/);
  assert.equal(observeFirst({ kind: "out-of-memory" }), "ran out of memory");
  assert.equal(observeFirst({ kind: "passed", tests: [{ name: "a", ok: true, message: "" }] }), "");
  const long = { name: "f(1)", ok: false, message: "expected ".repeat(40) };
  assert.equal(observeFirst({ kind: "failed", tests: [long] }).length, 80);
});
