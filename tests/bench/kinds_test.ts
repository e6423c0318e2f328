import assert from "node:assert/strict";
import { ratesByKind } from "../../src/bench/mod.ts";
import { smallItems } from "../support/small_bugs.ts";

Deno.test("ratesByKind() counts repairs by the mistake that was repaired", () => {
  const items = smallItems().filter(({ source }) => source === "human");
  const results = items.map(({ id, source, task }, i) => ({
    id,
    taskId: task.id,
    source,
    attempts: 2,
    passed: [2, 1, 0][i]!,
    visible: 2,
  }));
  const rates = ratesByKind(items, results);
  assert.deepEqual(
    Object.entries(rates).map(([kind, { n, fixRate }]) => [kind, n, fixRate]),
    [["wrong-initial-value", 2, 0.75], ["relational-swap", 1, 0]],
  );
});

Deno.test("ratesByKind() does not take Python apart", () => {
  const [item] = smallItems();
  const python = { ...item!, task: { ...item!.task, language: "py" as const } };
  const result = { id: "a", taskId: "t0", source: "human", attempts: 1, passed: 1, visible: 1 };
  assert.deepEqual(Object.keys(ratesByKind([python], [result])), ["python"]);
});
