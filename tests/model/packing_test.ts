import { deepStrictEqual, throws } from "node:assert/strict";
import { packGroups, splitMicroBatches } from "../../src/model/packing.ts";

const groups = [
  { prompt: [10, 11], completions: [[20, 21, 22], [30]] },
  { prompt: [40], completions: [[50, 51]] },
];

Deno.test("packGroups() stores a prompt once and drops the unread last token", () => {
  const batch = packGroups(groups);
  deepStrictEqual([...batch.tokens], [10, 11, 20, 21, 40, 50]);
  deepStrictEqual([...batch.positions], [0, 1, 2, 3, 0, 1]);
});

Deno.test("packGroups() lets a completion see its prompt and itself only", () => {
  const batch = packGroups(groups);
  const spans = Array.from({ length: 6 }, (_, t) => [...batch.spans.subarray(t * 4, t * 4 + 4)]);
  deepStrictEqual(spans, [
    [0, 0, 0, 1],
    [0, 0, 0, 2],
    [0, 2, 2, 3],
    [0, 2, 2, 4],
    [4, 4, 4, 5],
    [4, 5, 5, 6],
  ]);
  deepStrictEqual([...batch.reach], [4, 4, 4, 4, 6, 6]);
});

Deno.test("packGroups() predicts every completion token once, ordered by row", () => {
  const batch = packGroups(groups);
  deepStrictEqual([...batch.pairRow], [1, 1, 2, 3, 4, 5]);
  deepStrictEqual([...batch.pairTarget], [20, 30, 21, 22, 50, 51]);
  deepStrictEqual([...batch.pairCompletion], [0, 1, 0, 0, 2, 2]);
  deepStrictEqual([...batch.pairOffset], [0, 0, 1, 2, 0, 1]);
  deepStrictEqual([...batch.pairStart], [0, 0, 2, 3, 4, 5, 6]);
});

Deno.test("packGroups() refuses an empty prompt or completion", () => {
  throws(() => packGroups([{ prompt: [], completions: [[1]] }]), RangeError);
  throws(() => packGroups([{ prompt: [1], completions: [[]] }]), RangeError);
});

Deno.test("splitMicroBatches() keeps groups whole and in order", () => {
  deepStrictEqual(splitMicroBatches(groups, 6).map((batch) => batch.length), [2]);
  deepStrictEqual(splitMicroBatches(groups, 5).map((batch) => batch.length), [1, 1]);
  throws(() => splitMicroBatches(groups, 3), /4 rows: a micro-batch holds 3/);
  // One row predicts three first tokens.
  const wide = { prompt: [1], completions: [[2], [3], [4]] };
  deepStrictEqual(splitMicroBatches([wide, wide], 5).map((batch) => batch.length), [1, 1]);
  throws(() => splitMicroBatches([wide], 2), /a group of 3/);
});
