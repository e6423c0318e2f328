import assert from "node:assert/strict";
import { readTasks } from "../../src/tasks/mod.ts";
import { main } from "../../workflows/corpus.ts";

Deno.test("corpus writes tasks, examples and the shipped sets", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await main(["--tasks", "12", "--seed", "5", "--programs", "4", "--out", dir, "--json"]);
    const tasks = await readTasks(`${dir}/tasks.jsonl`);
    assert.equal(tasks.length, 12);
    const shipped = await Promise.all(
      ["programs", "bench-tasks"].map((name) => readTasks(`${dir}/${name}.jsonl`)),
    );
    const ids = new Set(tasks.map((task) => task.id));
    assert(shipped.flat().length > 0 && shipped.flat().every((task) => ids.has(task.id)));

    const split = new Map(tasks.map((task) => [task.id, task.split]));
    for (const [file, expected] of [["examples", "train"], ["heldout", "heldout-family"]]) {
      const text = await Deno.readTextFile(`${dir}/${file}.jsonl`);
      for (const line of text.split("\n").filter((line) => line !== "")) {
        assert.equal(split.get(JSON.parse(line).taskId), expected);
      }
    }
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
