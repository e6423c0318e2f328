import assert from "node:assert/strict";
import { chooseShipped } from "../../src/corpus/mod.ts";
import type { Split, Task } from "../../src/tasks/mod.ts";

function task(id: number, split: Split, family: string, skeleton = `s${id}`): Task {
  return {
    id: `t${id}`,
    origin: "test",
    license: "Apache-2.0",
    language: "js",
    entry: "f",
    problem: "Return n.",
    solution: "function f(n) {\n  return n;\n}",
    tests: { kind: "cases", cases: [{ args: [1], expected: 1 }] },
    split,
    family,
    skeleton,
  };
}

const SPLITS: readonly Split[] = ["train", "train", "test", "validation", "heldout-family"];
const TASKS = Array.from(
  { length: 1000 },
  (_, i) => task(i, SPLITS[i % 5]!, i % 20 < 15 ? "common" : "rare"),
);

Deno.test("chooseShipped() takes programs from training only and none of the bench", () => {
  const { programs, bench } = chooseShipped(1, TASKS, 90);
  assert.equal(programs.length, 90);
  assert(programs.every((t) => t.split === "train"));
  const ids = new Set(bench.map((t) => t.id));
  assert(programs.every((t) => !ids.has(t.id)));
  const count = (split: Split) => bench.filter((t) => t.split === split).length;
  assert.deepEqual(SPLITS.slice(1).map(count), [160, 110, 45, 30]);
});

Deno.test("chooseShipped() gives families equal shares", () => {
  const { bench } = chooseShipped(1, TASKS, 0);
  const rare = bench.filter((t) => t.split === "validation" && t.family === "rare").length;
  assert(rare >= 22 && rare <= 23, `${rare}`);
});

Deno.test("chooseShipped() takes one task of a skeleton", () => {
  const same = TASKS.map((t, i) => ({ ...t, skeleton: `s${i % 30}` }));
  const { programs } = chooseShipped(1, same, 90);
  assert.equal(new Set(programs.map((t) => t.skeleton)).size, programs.length);
});

Deno.test("chooseShipped() is a function of seed and tasks", () => {
  assert.deepEqual(chooseShipped(2, TASKS, 50), chooseShipped(2, TASKS, 50));
  assert.notDeepEqual(chooseShipped(3, TASKS, 50), chooseShipped(2, TASKS, 50));
});
