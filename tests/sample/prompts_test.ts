import assert from "node:assert/strict";
import { packPrompts } from "../../src/sample/prompts.ts";

const REQUESTS = [
  { prompt: [5, 6, 7, 8, 9, 10], count: 1, seed: 0 },
  { prompt: [3], count: 1, seed: 0 },
  { prompt: [1, 2, 4], count: 2, seed: 0 },
];
/** Rows of the cache; the last token of each prompt has none. */
const PROMPTS = [
  { request: 0, rows: [0, 5] },
  { request: 1, rows: [0, 0] },
  { request: 2, rows: [9, 11] },
] as const;
const NONE = 0xffffffff;

Deno.test("packPrompts() begins prompts at multiples of four rows, and no filling is stored", () => {
  const { tokens, positions, spans, slots } = packPrompts(REQUESTS, PROMPTS, 12);
  assert.deepEqual([...tokens], [5, 6, 7, 8, 9, 0, 0, 0, 1, 2, 0, 0]);
  assert.deepEqual([...positions], [0, 1, 2, 3, 4, 0, 0, 0, 0, 1, 0, 0]);
  assert.deepEqual([...slots], [0, 1, 2, 3, 4, NONE, NONE, NONE, 9, 10, NONE, NONE]);
  const rows = Array.from({ length: 12 }, (_, row) => [...spans.subarray(4 * row, 4 * row + 4)]);
  assert.deepEqual(rows.slice(0, 8), [
    ...[[0, 0, 0, 1], [0, 0, 0, 2], [0, 0, 0, 3], [0, 0, 0, 4]],
    ...[[0, 4, 4, 5], [0, 4, 4, 5], [0, 4, 4, 5], [0, 4, 4, 5]],
  ]);
  assert.deepEqual(rows.slice(8), [[9, 9, 9, 10], [9, 9, 9, 11], [9, 9, 9, 11], [9, 9, 9, 11]]);
});

Deno.test("packPrompts() does without filling where there is no room for it", () => {
  const { tokens, spans, slots } = packPrompts(REQUESTS, PROMPTS, 11);
  assert.deepEqual([...tokens], [5, 6, 7, 8, 9, 1, 2]);
  assert.deepEqual([...slots], [0, 1, 2, 3, 4, 9, 10]);
  const rows = Array.from({ length: 7 }, (_, row) => [...spans.subarray(4 * row, 4 * row + 4)]);
  assert.deepEqual(rows.slice(4), [[0, 4, 4, 5], [9, 9, 9, 10], [9, 9, 9, 11]]);
});

Deno.test("packPrompts() packs nothing where no prompt has a token before its last", () => {
  assert.equal(packPrompts(REQUESTS, [PROMPTS[1]], 8).tokens.length, 0);
});
