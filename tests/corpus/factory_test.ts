import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import {
  type Evaluate,
  examplesOf,
  generateTasks,
  type Made,
  sandboxEvaluate,
  summarize,
  verifyAlone,
  verifyTogether,
} from "../../src/corpus/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { judge, observeFirst, Task, toJsonl } from "../../src/tasks/mod.ts";

const SEED = 11;

async function withSandbox<T>(use: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({}), () => {});
  return await use(sandbox);
}

const generate = (count: number): Promise<Made[]> =>
  withSandbox((sandbox) => generateTasks(SEED, count, sandboxEvaluate(sandbox)));

const MADE = await generate(24);
const TASKS = MADE.map((m) => m.task);

Deno.test("generateTasks() gives the same tasks for the same seed", async () => {
  const again = await generate(24);
  assert.equal(toJsonl(again), toJsonl(MADE));
});

Deno.test("generateTasks() gives distinct tasks that fit the schema", () => {
  for (const task of TASKS) assert.deepEqual(Task.parse(task), task);
  assert.equal(new Set(TASKS.map((task) => task.solution)).size, TASKS.length);
  for (const { tests, hiddenTests } of TASKS) {
    assert(tests.kind === "cases" && hiddenTests?.kind === "cases");
    assert(tests.cases.length >= 6 && hiddenTests.cases.length >= 4);
    const calls = [...tests.cases, ...hiddenTests.cases].map((c) => JSON.stringify(c.args));
    assert.equal(new Set(calls).size, calls.length, "a hidden case is a visible one");
  }
});

Deno.test("generateTasks() says so when the grammar is exhausted", async () => {
  const nothing: Evaluate = (batch) => Promise.resolve(batch.map(() => undefined));
  await assert.rejects(generateTasks(SEED, 1, nothing), /the grammar gave 0/);
});

Deno.test("verifyAlone() and verifyTogether() name exactly the solution that fails", async () => {
  const [first] = TASKS;
  const broken = { ...first!, id: "broken", solution: "function f() { return 'wrong'; }" };
  const endless = { ...first!, id: "endless", solution: "function f() { while (true); }" };
  const tasks = [...TASKS.slice(0, 8), broken];
  await withSandbox(async (sandbox) => {
    assert.deepEqual(await verifyAlone(sandbox, tasks, 2), ["broken"]);
    const together = await verifyTogether(sandboxEvaluate(sandbox), [endless, ...tasks]);
    assert.deepEqual(together, ["broken", "endless"]);
  });
});

Deno.test("makeTasks() pins programs down: most mutants fail a case", () => {
  const rate = summarize(MADE, []).killRate;
  assert(rate > 0.85, `${rate}`);
});

Deno.test("examplesOf() gives true bugs with the observation the sandbox makes", async () => {
  const made = MADE.slice(0, 6);
  const byId = new Map(made.map((m) => [m.task.id, m.task]));
  const examples = made.flatMap((m) => examplesOf(SEED, m));
  await withSandbox(async (sandbox) => {
    for (const example of examples.filter((e) => e.role !== "solve")) {
      const task = byId.get(example.taskId)!;
      const code = example.role === "fix" ? example.code! : example.answer;
      const verdict = await judge(sandbox, { code, language: "js", entry: "f" }, task.tests);
      assert.equal(verdict.kind, "failed", code);
      if (example.role === "fix") assert.equal(observeFirst(verdict), example.observation);
    }
  });
});

Deno.test("examplesOf() asks once to solve, up to four times to fix, once to break", () => {
  for (const made of MADE) {
    const examples = examplesOf(SEED, made);
    const count = (role: string) => examples.filter((e) => e.role === role).length;
    assert.equal(count("solve"), 1);
    assert(count("fix") <= 4 && count("break") <= 1);
    const fixes = examples.filter((e) => e.role === "fix");
    assert.equal(new Set(fixes.map((e) => e.code)).size, fixes.length);
    for (const fix of fixes) assert.equal(fix.answer, made.task.solution);
  }
});
