import assert from "node:assert/strict";
import { ConfigError, rngStream } from "../../src/base/mod.ts";
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

const SHARES = { solve: 1, fix: 3 };

Deno.test("poolExamples() keeps those up to each level", () => {
  const [pool] = poolExamples(EXAMPLES, SHARES);
  assert.deepEqual(pool!.upTo.map((examples) => examples.length), [2, 3, 6]);
});

Deno.test("poolExamples() shares out the chances among roles that have examples", () => {
  const fix = { ...example(1, 9), role: "fix" };
  const pools = poolExamples([...EXAMPLES, fix], { ...SHARES, break: 4 });
  assert.deepEqual(pools.map(({ share }) => share), [0.25, 0.75]);
  assert.throws(() => poolExamples(EXAMPLES, { solve: 0, fix: 1 }), ConfigError);
});

Deno.test("drawExamples() draws all of its level, none above it, with replacement", () => {
  const pools = poolExamples(EXAMPLES, SHARES);
  const drawn = drawExamples(pools, { count: 60, level: 2 }, rngStream(61));
  assert.equal(drawn.length, 60);
  assert.deepEqual(new Set(drawn), new Set(EXAMPLES.slice(0, 3)));
});

Deno.test("drawExamples() draws roles by their shares, however many examples they have", () => {
  const pools = poolExamples([...EXAMPLES, { ...example(1, 9), role: "fix" }], SHARES);
  const drawn = drawExamples(pools, { count: 4000, level: 3 }, rngStream(62));
  const fixes = drawn.filter(({ role }) => role === "fix").length;
  assert.ok(Math.abs(fixes - 3000) < 5 * Math.sqrt(4000 * 0.25 * 0.75), `${fixes} of 4000`);
});

Deno.test("drawExamples() is a function of its stream", () => {
  const pools = poolExamples(EXAMPLES, SHARES);
  const draw = (seed: number) => drawExamples(pools, { count: 20, level: 3 }, rngStream(seed));
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
});

Deno.test("drawExamples() falls back to all where a level has none", () => {
  const pools = poolExamples([example(3, 7)], SHARES);
  assert.deepEqual(drawExamples(pools, { count: 1, level: 1 }, rngStream(1)), [example(3, 7)]);
});
