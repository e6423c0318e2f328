import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import {
  drawExamples,
  type EncodedExample,
  levelAt,
  poolExamples,
} from "../../src/pretrain/mod.ts";

const example = (level: number, token: number): EncodedExample => ({
  role: "solve",
  level,
  prompt: [token],
  answer: [0],
});
const EXAMPLES = [1, 1, 2, 3, 3, 3].map(example);

Deno.test("levelAt() phases levels in over equal parts of the curriculum", () => {
  const shares = [0, 0.19, 0.21, 0.39, 0.41, 0.6, 1];
  assert.deepEqual(shares.map((share) => levelAt(share, 0.6)), [1, 1, 2, 2, 3, 3, 3]);
  assert.deepEqual([0, 0.5, 1].map((share) => levelAt(share, 0)), [3, 3, 3]);
});

Deno.test("poolExamples() keeps those up to each level", () => {
  const { upTo } = poolExamples(EXAMPLES);
  assert.deepEqual(upTo.map((examples) => examples.length), [2, 3, 6]);
});

Deno.test("drawExamples() draws all of its level, none above it, with replacement", () => {
  const pool = poolExamples(EXAMPLES);
  const drawn = drawExamples(pool, { count: 60, level: 2 }, rngStream(61));
  assert.equal(drawn.length, 60);
  assert.deepEqual(new Set(drawn), new Set(EXAMPLES.slice(0, 3)));
});

Deno.test("drawExamples() is a function of its stream", () => {
  const pool = poolExamples(EXAMPLES);
  const draw = (seed: number) => drawExamples(pool, { count: 20, level: 3 }, rngStream(seed));
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
});

Deno.test("drawExamples() falls back to all where a level has none", () => {
  const pool = poolExamples([example(3, 7)]);
  assert.deepEqual(drawExamples(pool, { count: 1, level: 1 }, rngStream(1)), [example(3, 7)]);
});
