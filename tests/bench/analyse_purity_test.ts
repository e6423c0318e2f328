import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { type EmbeddedBug, sourcePurity } from "../../src/bench/analyse_purity.ts";
import { hostSearch } from "../../src/embed/mod.ts";

const options = (k: number) => ({ k, search: hostSearch, rng: rngStream(1) });

function bug(taskId: string, source: string, ...vector: number[]): EmbeddedBug {
  return { taskId, source, vector: Float32Array.from(vector) };
}

Deno.test("sourcePurity() is 1 where sources point in opposite directions", async () => {
  const bugs = ["t0", "t1", "t2"].flatMap((task, i) => [
    bug(task, "human", 1, i / 10),
    bug(task, "lm:weak", -1, i / 10),
  ]);
  const { human, "lm:weak": weak } = await sourcePurity(bugs, options(2));
  assert.deepEqual(human, {
    purity: 1,
    low: 1,
    high: 1,
    chance: 0.5,
    neighbours: { "human": 1, "lm:weak": 0 },
  });
  assert.equal(weak!.purity, 1);
});

Deno.test("sourcePurity() leaves out neighbours of the same task", async () => {
  // Twins of one task and source; by other tasks alone, every neighbour is of the other source.
  const bugs = [
    bug("t0", "human", 1, 0),
    bug("t0", "human", 1, 0.01),
    bug("t1", "lm:weak", 1, 0.1),
    bug("t2", "lm:weak", -1, 0.1),
  ];
  const { human } = await sourcePurity(bugs, options(1));
  assert.equal(human!.purity, 0);
  assert.equal(human!.chance, 0);
  assert.deepEqual(human!.neighbours, { "human": 0, "lm:weak": 1 });
});

Deno.test("sourcePurity() leaves out bugs that have no other task", async () => {
  assert.deepEqual(
    await sourcePurity([bug("t0", "human", 1), bug("t0", "human", 1)], options(1)),
    {},
  );
});
