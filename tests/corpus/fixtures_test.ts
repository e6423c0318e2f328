import assert from "node:assert/strict";
import { sha256Hex } from "../../src/base/mod.ts";
import { FAMILIES, splitOf } from "../../src/corpus/mod.ts";
import {
  canonicalForm,
  readTasks,
  skeletonOf,
  type Split,
  type Task,
} from "../../src/tasks/mod.ts";

const FOLDER = new URL("../../fixtures/micro/", import.meta.url).pathname;
const PROGRAMS = await readTasks(`${FOLDER}programs.jsonl`);
const BENCH = await readTasks(`${FOLDER}bench-tasks.jsonl`);
const HELD_OUT = new Set(FAMILIES.filter((f) => f.heldOut).map((f) => f.name));

const skeletonsOf = (tasks: readonly Task[], ...splits: Split[]): Set<string> =>
  new Set(tasks.filter((t) => splits.includes(t.split!)).map((t) => t.skeleton!));

Deno.test("programs.jsonl holds training tasks of every family that is not held out", () => {
  assert(PROGRAMS.length >= 900 && PROGRAMS.length <= 1100, `${PROGRAMS.length}`);
  assert(PROGRAMS.every((task) => task.split === "train"));
  const families = new Set(PROGRAMS.map((task) => task.family));
  assert.equal(families.size, FAMILIES.length - HELD_OUT.size);
});

Deno.test("bench-tasks.jsonl holds enough tasks of each split", () => {
  const count = (split: Split) => BENCH.filter((task) => task.split === split).length;
  assert(count("test") >= 100);
  assert(count("validation") >= 40);
  assert(count("train") >= 50);
  assert(count("heldout-family") >= 20);
});

Deno.test("shipped tasks carry the skeleton and split that the corpus gives them", () => {
  for (const task of [...PROGRAMS, ...BENCH]) {
    assert.equal(canonicalForm(task.solution), task.solution);
    const skeleton = sha256Hex(skeletonOf(task.solution)).slice(0, 16);
    assert.equal(task.skeleton, skeleton, task.id);
    assert.equal(task.split, splitOf({ skeleton, heldOut: HELD_OUT.has(task.family!) }), task.id);
  }
});

Deno.test("no shipped test or validation skeleton is one of training", () => {
  const all = [...PROGRAMS, ...BENCH];
  const trained = skeletonsOf(all, "train");
  for (const skeleton of skeletonsOf(all, "test", "validation")) assert(!trained.has(skeleton));
  const ids = all.map((task) => task.id);
  assert.equal(new Set(ids).size, ids.length, "a task is in both files");
});
