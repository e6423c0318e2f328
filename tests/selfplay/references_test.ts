import assert from "node:assert/strict";
import { ConfigError, rngStream } from "../../src/base/mod.ts";
import {
  drawStratified,
  openReferences,
  type Reference,
  selectPool,
} from "../../src/selfplay/mod.ts";
import type { Bug, Task } from "../../src/tasks/mod.ts";

const TASK: Task = {
  id: "t",
  origin: "test",
  license: "Apache-2.0",
  language: "js",
  entry: "f",
  problem: "Return a.",
  solution: "function f(a) { return a; }",
  tests: { kind: "cases", cases: [{ args: [1], expected: 1 }] },
};

function bug(id: string, source: string, buggy = "function f(a) { return -a; }"): Bug {
  return { id, taskId: "t", source, origin: "test", license: "Apache-2.0", buggy };
}

function pool(counts: Record<string, number>): Reference[] {
  const bugs = Object.entries(counts).flatMap(([source, n]) =>
    Array.from({ length: n }, (_, i) => bug(`${source}${i}`, source))
  );
  return openReferences(bugs, [TASK]);
}

function countSources(references: readonly Reference[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { source } of references) counts[source] = (counts[source] ?? 0) + 1;
  return counts;
}

Deno.test("openReferences() joins bugs with their tasks in canonical form", () => {
  const [reference] = openReferences([bug("b", "human", "function f(a){return -a}")], [TASK]);
  assert.equal(reference!.task, TASK);
  assert.equal(reference!.code, "function f(a) {\n  return -a;\n}");
});

Deno.test("openReferences() throws ConfigError naming the bug", () => {
  assert.throws(() => openReferences([bug("lost", "human")], []), {
    name: "ConfigError",
    message: /lost.*task t/,
  });
  assert.throws(() => openReferences([bug("odd", "human", "function (")], [TASK]), ConfigError);
});

Deno.test("drawStratified() draws equal shares of the sources without repetition", () => {
  const references = pool({ "human": 10, "lm:weak": 10, "human-edited-lm": 10, "lm:strong": 10 });
  const drawn = drawStratified(references, 8, rngStream(1));
  assert.equal(new Set(drawn).size, 8);
  assert.deepEqual(Object.values(countSources(drawn)), [2, 2, 2, 2]);
});

Deno.test("drawStratified() goes on with the others when a source is used up", () => {
  const drawn = drawStratified(pool({ "human": 1, "lm:weak": 9 }), 6, rngStream(1));
  assert.deepEqual(countSources(drawn), { "human": 1, "lm:weak": 5 });
  assert.equal(drawStratified(pool({ human: 3 }), 9, rngStream(1)).length, 3);
  assert.deepEqual(drawStratified([], 4, rngStream(1)), []);
});

Deno.test("drawStratified() favours no source over many small draws", () => {
  const references = pool({ "human": 5, "lm:weak": 5 });
  const sources = Array.from({ length: 40 }, (_, i) => drawStratified(references, 1, rngStream(i)))
    .map(([reference]) => reference!.source);
  const human = sources.filter((source) => source === "human").length;
  assert.ok(human > 8 && human < 32, `${human} of 40`);
});

Deno.test("selectPool() takes all references for size 0", () => {
  const references = pool({ human: 3 });
  assert.equal(selectPool(references, 0, rngStream(1)), references);
  assert.equal(selectPool(references, 2, rngStream(1)).length, 2);
});
