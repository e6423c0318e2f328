import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { RlConfig } from "../../src/config/rl.ts";
import { assembleUpdate, type EpisodeGroup, type Role, tokenWeights } from "../../src/rl/mod.ts";

const state = () => ({ baselines: { generator: 0, fixer: 0 }, rng: rngStream(5) });

function group(role: Role, id: string, rewards: number[], lengths: number[]): EpisodeGroup {
  const episodes = rewards.map((reward, i) => ({
    tokens: Array.from({ length: lengths[i]! }, (_, t) => t + 1),
    logprobs: new Float32Array(lengths[i]!),
    reward,
  }));
  return { role, id, prompt: [7], episodes };
}

Deno.test("tokenWeights() agree with the table", () => {
  assert.deepEqual(tokenWeights([1, 3], 0.8, "token-mean"), [0.2, 0.2]);
  assert.deepEqual(tokenWeights([1, 4], 0.8, "sequence-mean"), [0.4, 0.1]);
  assert.deepEqual(tokenWeights([1, 4], 0.8, "constant"), [0.4 / 256, 0.4 / 256]);
});

Deno.test("assembleUpdate() gives each role its weight in every mini-batch", () => {
  const groups = [
    group("generator", "a", [1, -1], [2, 5]),
    group("generator", "b", [1, 0], [3, 3]),
    group("fixer", "a:0", [1, 0], [4, 1]),
    group("fixer", "a:1", [0, 1], [2, 9]),
  ];
  const { miniBatches } = assembleUpdate(groups, RlConfig.parse({ miniBatches: 2 }), state());
  assert.equal(miniBatches.length, 2);
  for (const batch of miniBatches) {
    for (const [role, weight] of [["generator", 0.2], ["fixer", 0.8]] as const) {
      const total = batch.filter((item) => item.role === role).flatMap((item) =>
        item.completions.map((tokens, i) => tokens.length * item.tokenWeights[i]!)
      ).reduce((sum, value) => sum + value, 0);
      assert.ok(Math.abs(total - weight) < 1e-12, `${role} ${total}`);
    }
  }
});

Deno.test("assembleUpdate() drops and counts fixer groups without variance", () => {
  const groups = [
    group("fixer", "a", [1, 1], [2, 2]),
    group("fixer", "b", [0, 0], [2, 2]),
    group("fixer", "c", [1, 0], [2, 2]),
    group("fixer", "d", [0, 0], [2, 2]),
  ];
  const { miniBatches, metrics } = assembleUpdate(groups, RlConfig.parse({}), state());
  assert.deepEqual(miniBatches.flat().map(({ id }) => id), ["c"]);
  assert.deepEqual(miniBatches.flat()[0]!.advantages, [0.5, -0.5]);
  assert.equal(metrics["fixer.zeroVarianceShare"], 0.75);
  assert.equal(metrics["fixer.trainedTokens"], 4);
});

Deno.test("assembleUpdate() drops fixer groups whose outcomes agree though their rewards do not", () => {
  const { episodes, ...rest } = group("fixer", "a", [1, 0.5], [2, 9]);
  const judged = { ...rest, episodes: episodes.map((episode) => ({ ...episode, outcome: 1 })) };
  const { miniBatches } = assembleUpdate([judged], RlConfig.parse({}), state());
  assert.deepEqual(miniBatches, []);
});

Deno.test("assembleUpdate() drops constant fixer groups even where rae gives them an advantage", () => {
  const config = RlConfig.parse({ fixerAdvantage: "rae" });
  const { miniBatches, baselines } = assembleUpdate(
    [group("fixer", "a", [1, 1], [2, 2])],
    config,
    state(),
  );
  assert.equal(miniBatches.length, 0);
  assert.ok(Math.abs(baselines.fixer - 0.0975) < 1e-12);
  assert.equal(baselines.generator, 0);
});

Deno.test("assembleUpdate() keeps the reward of text that was not sampled as its advantage", () => {
  const text: EpisodeGroup = {
    role: "fixer",
    id: "s",
    prompt: [1],
    episodes: [{ tokens: [1, 2], reward: 1 }],
  };
  const { miniBatches } = assembleUpdate([text], RlConfig.parse({}), state());
  assert.deepEqual(miniBatches.flat()[0]!.advantages, [1]);
  assert.deepEqual(miniBatches.flat()[0]!.oldLogprobs, [undefined]);
});

Deno.test("assembleUpdate() is a function of its inputs", () => {
  const groups = Array.from({ length: 9 }, (_, i) => group("fixer", `${i}`, [1, 0], [2, 2]));
  const ids = () =>
    assembleUpdate(groups, RlConfig.parse({}), state()).miniBatches.map((b) => b.map((g) => g.id));
  assert.deepEqual(ids(), ids());
  assert.equal(ids().flat().length, 9);
});
