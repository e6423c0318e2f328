import assert from "node:assert/strict";
import {
  separateGroups,
  syntheticGroups,
  timesAsFast,
  timeTraining,
  type TrainingSide,
  type TrainTiming,
} from "../../src/bench/mod.ts";
import { gpuTest } from "../support/device.ts";

const SHAPE = { groups: 2, prompt: 9, answers: 3, answer: 5 };

Deno.test("syntheticGroups() and separateGroups() hold the same texts, shared and apart", () => {
  const groups = syntheticGroups(SHAPE);
  assert.deepEqual(groups, syntheticGroups(SHAPE));
  const apart = separateGroups(groups);
  assert.equal(apart.length, 6);
  assert.deepEqual(apart[4], {
    prompt: groups[1]!.prompt,
    completions: [groups[1]!.completions[1]!],
  });
});

gpuTest("timeTraining() learns alike whether prompts are shared or not", async (gpu) => {
  const groups = syntheticGroups(SHAPE);
  const before = gpu.allocatedBytes;
  const sides: TrainingSide[] = [
    ...[groups, separateGroups(groups), groups].map((groups) => ({ groups })),
    { groups, precision: "mixed" },
  ];
  const timings = await timeTraining(gpu, sides, 6);
  const [shared, apart, again, mixed] = timings as [
    TrainTiming,
    TrainTiming,
    TrainTiming,
    TrainTiming,
  ];
  assert.equal(gpu.allocatedBytes, before);
  assert.deepEqual(again.loss, shared.loss); // repeated runs are bit-identical
  assert.ok(Math.abs(shared.loss[0]! - Math.log(512)) < 0.2);
  assert.ok(shared.loss[2]! < shared.loss[0]!);
  shared.loss.forEach((loss, i) => assert.ok(Math.abs(loss - apart.loss[i]!) < 1e-4));
  // Halves are within 2^-11 of their numbers: losses of the two precisions stay within one in a hundred.
  shared.loss.forEach((loss, i) => assert.ok(Math.abs(loss / mixed.loss[i]! - 1) < 1e-2));
  assert.notDeepEqual(mixed.loss, shared.loss);
  const tokens = shared.tokensPerSecond * shared.ms / 1000;
  assert.ok(Math.abs(tokens - 6 * (9 + 5 - 1)) < 1e-6);
});

Deno.test("timesAsFast() compares the steps of each turn and leaves out a disturbed one", () => {
  const timing = (times: number[]) => ({ tokensPerSecond: 1, ms: 1, times, loss: [] });
  assert.equal(timesAsFast(timing([10, 20, 10]), timing([20, 21, 30])), 2);
});
