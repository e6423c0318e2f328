import assert from "node:assert/strict";
import { readRunBugs } from "../../src/bench/mod.ts";
import { RunConfig } from "../../src/config/mod.ts";
import { openRun } from "../../src/run/mod.ts";
import { toJsonl } from "../../src/tasks/mod.ts";
import { smallTasks } from "../support/small_bugs.ts";

async function withRun(rollouts: readonly object[], test: (dir: string) => Promise<void>) {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/tasks.jsonl`, toJsonl(smallTasks()));
    const config = { programs: `${root}/tasks.jsonl` };
    const identity = { command: "train", config, seed: 1, adapter: "none" };
    {
      await using run = await openRun(RunConfig.parse({ root, name: "a" }), identity);
      await run.rollout(...rollouts);
    }
    await test(`${root}/a`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const bug = { step: 0, role: "generator", taskId: "t0", outcome: "valid", code: "0;" };

Deno.test("readRunBugs() gives every valid bug of the generator once", async () => {
  const rollouts = [
    bug,
    { ...bug, step: 1 },
    { ...bug, code: "1;" },
    { ...bug, taskId: "t1" },
    { ...bug, outcome: "same", code: undefined },
    { ...bug, role: "fixer", outcome: "passed" },
  ];
  await withRun(rollouts, async (dir) => {
    const bugs = await readRunBugs(dir);
    assert.deepEqual(bugs.map(({ source, task, code }) => [source, task.id, code]), [
      ["generated", "t0", "0;"],
      ["generated", "t0", "1;"],
      ["generated", "t1", "0;"],
    ]);
    assert.equal(new Set(bugs.map(({ id }) => id)).size, 3);
  });
});

Deno.test("readRunBugs() refuses what holds no bugs", async () => {
  await withRun([{ ...bug, role: "fixer" }], async (dir) => {
    await assert.rejects(readRunBugs(dir), /ConfigError: .*expected rollouts with valid bugs/);
  });
  await assert.rejects(readRunBugs("src"), /ConfigError: Cannot use src: expected a training run/);
});
