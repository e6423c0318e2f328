import assert from "node:assert/strict";
import { findContamination, readTrainingText } from "../../src/bench/mod.ts";
import { toJsonl } from "../../src/tasks/mod.ts";
import { withFolder } from "../support/folder.ts";
import { smallBugs, smallItems, smallTasks } from "../support/small_bugs.ts";

/** Repairs of every bug of task t0 and of no other. */
const RESULTS = smallItems().map(({ id, task, source }) => {
  const passed = task.id === "t0" ? 1 : 0;
  return { id, taskId: task.id, source, attempts: 1, passed, visible: passed };
});

const [first] = smallTasks();
/** Other names for its tasks, and problems that say something else. */
const training = (solution: string, problem = "Something else.") => [
  { ...first!, id: "other", problem, solution },
];

async function find(records: readonly object[]) {
  let found;
  await withFolder({ "training.jsonl": toJsonl(records) }, async (folder) => {
    const text = await readTrainingText([`${folder}/training.jsonl`]);
    found = findContamination(smallItems(), RESULTS, text, 1);
  });
  return found!;
}

Deno.test("findContamination() finds nothing in files about something else", async () => {
  const { tasks, same, near, clean } = await find(training("function g(a) { return a + 1; }"));
  assert.deepEqual([tasks, same, near], [3, [], []]);
  assert.deepEqual([clean!.n, clean!.fixRate], [6, 1 / 3]);
});

Deno.test("findContamination() finds a solution up to layout, and measures without its task", async () => {
  const { same, near, clean } = await find(
    training(first!.solution.replaceAll("\n", " ") + " // as it was"),
  );
  assert.deepEqual([same, near], [["t0"], []]);
  assert.deepEqual([clean!.n, clean!.fixRate], [4, 0]);
});

Deno.test("findContamination() finds a problem's words, and a solution that differs in a token", async () => {
  const { same, clean } = await find(training("function g() {}", "combine\nTHE numbers!"));
  assert.deepEqual(same, ["t0", "t1", "t2"]); // the small tasks share their problem
  assert.equal(clean, undefined);
  const almost = first!.solution.replace("return s", "return -s");
  const found = await find(training(almost));
  assert.deepEqual([found.same, found.near], [[], ["t0"]]);
});

Deno.test("readTrainingText() takes bugs with and without their tasks", async () => {
  const [bug] = smallBugs();
  const buggy = first!.solution.replace("return s", "return -s");
  assert.deepEqual((await find([{ ...bug!, buggy }])).near, ["t0"]);
  assert.deepEqual((await find([{ ...bug!, task: first }])).same, ["t0", "t1", "t2"]);
  await assert.rejects(find([[]]), /ConfigError: .*training\.jsonl:1/);
});
