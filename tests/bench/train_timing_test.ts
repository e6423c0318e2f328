import assert from "node:assert/strict";
import { separateGroups, syntheticGroups, timeTraining } from "../../src/bench/mod.ts";
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
  const shared = await timeTraining(gpu, groups, 3);
  const apart = await timeTraining(gpu, separateGroups(groups), 3);
  const again = await timeTraining(gpu, groups, 3);
  assert.equal(gpu.allocatedBytes, before);
  assert.deepEqual(again.loss, shared.loss); // repeated runs are bit-identical
  assert.ok(Math.abs(shared.loss[0]! - Math.log(512)) < 0.2);
  assert.ok(shared.loss[2]! < shared.loss[0]!);
  shared.loss.forEach((loss, i) => assert.ok(Math.abs(loss - apart.loss[i]!) < 1e-4));
  const tokens = shared.tokensPerSecond * shared.ms / 1000;
  assert.ok(Math.abs(tokens - 6 * (9 + 5 - 1)) < 1e-6);
});
