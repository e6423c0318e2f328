import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import { isMark, sandboxEvaluate } from "../../src/corpus/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";

async function evaluate(code: string, inputs: number[][]) {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }), () => {});
  return (await sandboxEvaluate(sandbox)([{ code, inputs }]))[0];
}

Deno.test("sandboxEvaluate() returns values, also those that JSON lacks", async () => {
  const code = `function f(n) {
  return [1, "a\\"b", { c: null }, undefined, NaN, -0, Infinity, true][n];
}`;
  const inputs = Array.from({ length: 8 }, (_, n) => [n]);
  assert.deepEqual(
    (await evaluate(code, inputs))!.map((o) => o.kind === "value" ? o.value : o),
    [1, 'a"b', { c: null }, { $: "undefined" }, { $: "NaN" }, { $: "-0" }, { $: "Infinity" }, true],
  );
});

Deno.test("sandboxEvaluate() tells what threw and what did not end", async () => {
  const code =
    "function f(n) { while (n === 3); if (n > 1) throw new TypeError(`no ${n}`); return n; }";
  assert.deepEqual(await evaluate(code, [[1], [2], [3]]), [
    { kind: "value", value: 1 },
    { kind: "threw", message: "TypeError: no 2" },
    { kind: "endless" },
  ]);
});

Deno.test("sandboxEvaluate() gives up a program that does not load or does not end", async () => {
  assert.equal(await evaluate("function f(n) { const n = ; }", [[1]]), undefined);
  assert.equal(await evaluate("function f() { while (true); }", [[1], [2], [3]]), undefined);
});

Deno.test("sandboxEvaluate() marks long values so that they still compare", async () => {
  const code = "function f(n) { return 'x'.repeat(200) + n; }";
  const [a, b, c] = (await evaluate(code, [[1], [1], [2]]))!;
  assert.deepEqual(a, b);
  assert.notDeepEqual(a, c);
});

Deno.test("sandboxEvaluate() marks a value that contains itself", async () => {
  const code = "function f(n) { const r = [n]; r.push(r); return r; }";
  const [outcome] = (await evaluate(code, [[1]]))!;
  assert(outcome?.kind === "value" && isMark(outcome.value));
});
