import assert from "node:assert/strict";
import { ConfigError } from "../../src/base/mod.ts";
import { type Bug, readBugs, readTasks, type Task, toJsonl } from "../../src/tasks/mod.ts";

const TASK: Task = {
  id: "t1",
  origin: "here",
  license: "Apache-2.0",
  language: "js",
  entry: "f",
  problem: "Double n.",
  solution: "function f(n) {\n  return n * 2;\n}",
  tests: {
    kind: "cases",
    cases: [{ args: [2], expected: 4 }, { args: [{ $: "NaN" }], expected: { $: "NaN" } }],
  },
};

const BUG: Bug = {
  id: "b1",
  taskId: "t1",
  source: "lm:weak",
  origin: "here",
  license: "Apache-2.0",
  buggy: "function f(n) {\n  return n * 3;\n}",
};

async function withFile(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    await Deno.writeTextFile(path, text);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readTasks() reads what toJsonl() wrote", async () => {
  const tasks = [TASK, { ...TASK, id: "t2", tests: { kind: "suite" as const, text: "é\n" } }];
  await withFile(toJsonl(tasks), async (path) => assert.deepEqual(await readTasks(path), tasks));
});

Deno.test("readTasks() reads lines longer than a chunk and skips empty lines", async () => {
  const long = { ...TASK, problem: "ü".repeat(300_000) };
  await withFile(`\n${JSON.stringify(long)}`, async (path) => {
    assert.deepEqual(await readTasks(path), [long]);
  });
});

Deno.test("readBugs() reads bugs and checks their source", async () => {
  await withFile(toJsonl([BUG]), async (path) => assert.deepEqual(await readBugs(path), [BUG]));
  await withFile(toJsonl([{ ...BUG, source: "robot" }]), async (path) => {
    await assert.rejects(readBugs(path), (error: Error) => {
      assert(error instanceof ConfigError);
      assert.match(error.message, /:1: field "source": expected human/);
      return true;
    });
  });
});

Deno.test("readTasks() names file and line of broken JSON", async () => {
  await withFile(`${toJsonl([TASK])}{"id":\n`, async (path) => {
    await assert.rejects(readTasks(path), (error: Error) => {
      assert(error instanceof ConfigError);
      assert(error.message.startsWith(`Cannot read ${path}:2: expected one JSON object`));
      return true;
    });
  });
});

Deno.test("readTasks() names the field that is missing, wrong or unknown", async () => {
  const { entry: _, ...noEntry } = TASK;
  const rows: [unknown, RegExp][] = [
    [noEntry, /:1: field "entry"/],
    [{ ...TASK, level: 9 }, /:1: field "level"/],
    [{ ...TASK, colour: "red" }, /colour/],
    [{ ...TASK, tests: { kind: "cases", cases: [] } }, /field "tests.cases"/],
  ];
  for (const [row, message] of rows) {
    await withFile(toJsonl([row]), (path) => assert.rejects(readTasks(path), message));
  }
});

Deno.test("readTasks() refuses an id that stands there twice", async () => {
  await withFile(
    toJsonl([TASK, TASK]),
    (path) => assert.rejects(readTasks(path), /"t1" stands there twice/),
  );
});

Deno.test("readTasks() says which file is missing", async () => {
  await assert.rejects(readTasks("/nowhere/tasks.jsonl"), (error: Error) => {
    assert(error instanceof ConfigError);
    assert.match(error.message, /^Cannot read \/nowhere\/tasks\.jsonl: /);
    return true;
  });
});
