import assert from "node:assert/strict";
import { z } from "zod";
import { SandboxConfig } from "../../src/config/sandbox.ts";
import { Sandbox, type Verdict } from "../../src/sandbox/mod.ts";
import {
  type CallCase,
  canonicalForm,
  readJsonl,
  readTasks,
  skeletonOf,
  type Task,
} from "../../src/tasks/mod.ts";

const HumanBug = z.strictObject({
  taskId: z.string(),
  buggy: z.string(),
  author: z.string().min(1),
  note: z.string().min(10),
});

const folder = new URL("../../fixtures/micro/", import.meta.url).pathname;
const tasks = await readTasks(folder + "handwritten.jsonl");

interface BuggyTask {
  task: Task;
  buggy: string;
}

/** Pairs each task with its human bug. */
async function pair(tasksFile: string, bugsFiles: readonly string[]): Promise<BuggyTask[]> {
  const tasks = await readTasks(folder + tasksFile);
  const bugs = (await Promise.all(
    bugsFiles.map((file) => Array.fromAsync(readJsonl(`${folder}human-bugs/${file}`, HumanBug))),
  )).flat();
  assert.deepEqual(bugs.map(({ taskId }) => taskId).sort(), tasks.map(({ id }) => id).sort());
  const byTask = new Map(bugs.map(({ taskId, buggy }) => [taskId, buggy]));
  return tasks.map((task) => ({ task, buggy: byTask.get(task.id)! }));
}

function casesOf(task: Task): { visible: CallCase[]; hidden: CallCase[] } {
  const { tests, hiddenTests } = task;
  assert(tests.kind === "cases" && hiddenTests?.kind === "cases", task.id);
  return { visible: tests.cases, hidden: hiddenTests.cases };
}

function signature(code: string): string {
  return code.match(/^function f\((.*)\) \{$/m)?.[1] ?? "none";
}

/** Runs one job per program, as many at once as the sandbox has children. */
async function verdicts(programs: { source: string; cases: CallCase[] }[]): Promise<Verdict[]> {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ wallMs: 10_000 }), () => {});
  const jobs = programs.map((program) => {
    return sandbox.runCases({ ...program, language: "js", entry: "f", stopAtFirstFailure: true });
  });
  return await Promise.all(jobs);
}

Deno.test("handwritten tasks have the agreed form", () => {
  assert(tasks.length >= 170, `${tasks.length} tasks`);
  for (const task of tasks) {
    assert.equal(task.language, "js");
    assert.equal(task.entry, "f");
    assert.equal(task.solution, canonicalForm(task.solution), task.id);
    assert.notEqual(signature(task.solution), "none", task.id);
    const lines = task.solution.split("\n").length;
    assert(lines >= 3 && lines <= 20, `${task.id} has ${lines} lines`);
    assert(task.problem.length >= 30 && task.problem.length <= 110, task.id);
    const { visible, hidden } = casesOf(task);
    assert(visible.length >= 6 && hidden.length >= 4, task.id);
    const calls = [...visible, ...hidden].map(({ args }) => JSON.stringify(args));
    assert.equal(new Set(calls).size, calls.length, `${task.id} repeats a call`);
  }
});

Deno.test("handwritten tasks differ in structure and in words", () => {
  assert.equal(new Set(tasks.map(({ problem }) => problem)).size, tasks.length);
  assert.equal(new Set(tasks.map(({ solution }) => skeletonOf(solution))).size, tasks.length);
});

Deno.test("handwritten solutions pass every visible and hidden case", async () => {
  const programs = tasks.map((task) => {
    const { visible, hidden } = casesOf(task);
    return { source: task.solution, cases: [...visible, ...hidden] };
  });
  (await verdicts(programs)).forEach((verdict, i) => {
    assert.equal(verdict.kind, "passed", `${tasks[i]!.id}: ${JSON.stringify(verdict)}`);
  });
});

for (
  const [tasksFile, bugsFiles] of [
    ["handwritten.jsonl", ["handwritten.jsonl"]],
    ["bench-tasks.jsonl", ["bench.jsonl", "references.jsonl"]],
  ] as const
) {
  Deno.test(`${tasksFile}: every task has one human bug of the same signature`, async () => {
    for (const { task, buggy } of await pair(tasksFile, bugsFiles)) {
      assert.equal(buggy, canonicalForm(buggy), task.id);
      assert.notEqual(buggy, canonicalForm(task.solution), task.id);
      assert.equal(signature(buggy), signature(task.solution), task.id);
    }
  });

  Deno.test(`${tasksFile}: human bugs run and fail a visible case`, async () => {
    const pairs = await pair(tasksFile, bugsFiles);
    const programs = pairs.map(({ task, buggy }) => {
      return { source: buggy, cases: casesOf(task).visible };
    });
    (await verdicts(programs)).forEach((verdict, i) => {
      assert.equal(verdict.kind, "failed", `${pairs[i]!.task.id}: ${JSON.stringify(verdict)}`);
    });
  });
}
