import assert from "node:assert/strict";
import { readBench, spacedItems } from "../../src/bench/mod.ts";
import { toJsonl } from "../../src/tasks/mod.ts";
import { smallBugs, smallItems, smallTasks } from "../support/small_bugs.ts";

async function withFile(text: string, test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    await Deno.writeTextFile(path, text);
    await test(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readBench() joins bugs with tasks that stand elsewhere", async () => {
  await withFile(toJsonl(smallBugs()), async (path) => {
    const { items, hash } = await readBench(path, undefined, smallTasks());
    assert.deepEqual(items, smallItems());
    assert.equal((await readBench(path, "test", smallTasks())).hash, hash);
    await assert.rejects(readBench(path), /ConfigError: .*bug "human-0" does not carry its task/);
    await assert.rejects(readBench(path, "train", smallTasks()), /expected bugs of split train/);
  });
});

Deno.test("readBench() names a bug that does not parse", async () => {
  const [bug] = smallBugs();
  await withFile(toJsonl([{ ...bug, buggy: "function (" }]), async (path) => {
    await assert.rejects(
      readBench(path, undefined, smallTasks()),
      /ConfigError: .*bug "human-0" does not parse/,
    );
  });
});

Deno.test("spacedItems() keeps whole tasks, so that every source keeps its share", () => {
  const items = smallItems();
  assert.equal(spacedItems(items, 0), items);
  assert.equal(spacedItems(items, 6), items);
  const ids = (most: number) => spacedItems(items, most).map(({ id }) => id);
  assert.deepEqual(ids(4), ["human-0", "lm:weak-0", "human-1", "lm:weak-1"]);
  assert.deepEqual(ids(2), ["human-0", "lm:weak-0"]);
  assert.deepEqual(ids(1), ["human-0"]);
});
