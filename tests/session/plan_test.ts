import assert from "node:assert/strict";
import { TrainConfig } from "../../src/config/train.ts";
import { parameterCount } from "../../src/model/mod.ts";
import { Learner } from "../../src/rl/mod.ts";
import { Sampler } from "../../src/sample/mod.ts";
import { checkPlan, describePlan, planTraining } from "../../src/session/mod.ts";
import { gpuTest } from "../support/device.ts";
import { TINY, tinyModel } from "../support/tiny_model.ts";

const SELFPLAY = {
  tasks: 10,
  bugsPerTask: 4,
  repairsPerBug: 3,
  replayShare: 0.1,
  secondOrderShare: 0.05,
  mixingShare: 0.2,
  maxTokens: 100,
};

const planOf = (values: object = {}) =>
  planTraining(TrainConfig.parse({ steps: 7, selfplay: SELFPLAY, ...values }), TINY);

/** tasks, bugs, groups of repairs, repairs, tokens; by hand. */
const COUNTS = {
  // 40 new bugs, 4 replayed, 2 second-order; a fifth of all groups are references: 46 / 4 = 11.5, rounded up.
  "asp": [10, 40, 58, 174, 21400],
  "placebo": [10, 40, 58, 174, 21400],
  "fixer-only": [10, 40, 58, 174, 21400],
  // No references.
  "self-play": [10, 40, 46, 138, 17800],
  "self-play+similarity": [10, 40, 46, 138, 17800],
  // References, but neither replay nor second-order bugs: 40 / 4 = 10.
  "asp-paper": [10, 40, 50, 150, 19000],
  // Mutations sample no tokens.
  "ast-mutation": [10, 40, 46, 138, 13800],
  // Reference bugs with their solutions: nothing is sampled.
  "sft": [10, 0, 40, 0, 0],
} as const;

for (const [method, counts] of Object.entries(COUNTS)) {
  Deno.test(`planTraining() counts what a step of ${method} does`, () => {
    const plan = planOf({ method });
    const { tasks, bugs, bugGroups, repairs, tokens } = plan;
    assert.deepEqual([tasks, bugs, bugGroups, repairs, tokens], counts);
    const optimizerSteps = method === "asp-paper" ? 2 : 1;
    assert.deepEqual([plan.method, plan.steps, plan.optimizerSteps], [method, 7, optimizerSteps]);
  });
}

Deno.test("planTraining() plans no steps for the model as it is", () => {
  const { steps, bugs, tokens } = planOf({ method: "base" });
  assert.deepEqual([steps, bugs, tokens], [0, 0, 0]);
});

Deno.test("planTraining() adds its bytes up", () => {
  const { total, ...parts } = planOf().bytes;
  assert.equal(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0), total);
  assert.equal(parts["weights"], 4 * parameterCount(TINY));
  assert.equal(parts["moments"], 8 * parameterCount(TINY));
  // Two layers of keys and values of two heads of eight, for 8192 prompt tokens and 128 lanes of 100.
  assert.equal(parts["cache"], 2 * 2 * 4 * 2 * 8 * (8192 + 128 * 100));
});

Deno.test("planTraining() counts the frozen copies of the model", () => {
  const weights = 4 * parameterCount(TINY);
  const frozen = (values: object) => planOf(values).bytes["frozenWeights"]! / weights;
  const selfplay = { ...SELFPLAY, embedder: "edit-ngrams" };
  assert.equal(frozen({}), 1); // the embedder
  assert.equal(frozen({ selfplay }), 0);
  assert.equal(frozen({ selfplay, rl: { klWeight: 0.1 } }), 1);
  assert.equal(frozen({ method: "fixer-only", rl: { klWeight: 0.1 } }), 3);
  const [one, two] = [planOf().bytes, planOf({ method: "fixer-only" }).bytes];
  assert.equal(two["cache"], 2 * one["cache"]!);
  assert.equal(two["sampling"], 2 * one["sampling"]!);
});

for (
  const [recompute, precision] of [["off", "f32"], ["on", "f32"], ["off", "mixed"]] as const
) {
  gpuTest(
    `planTraining() foretells what is allocated in ${precision} with recompute ${recompute}`,
    (gpu) => {
      const before = gpu.allocatedBytes;
      const batch = { lanes: 8, promptRows: 4096, microRows: 4096 };
      const wide = { ...TINY, hiddenSize: 64, headDim: 16, intermediateSize: 192 };
      const config = TrainConfig.parse({
        batch: { ...batch, recompute },
        model: { precision },
        selfplay: { ...SELFPLAY, embedder: "edit-ngrams" },
      });
      const planned = planTraining(config, wide).bytes.total;
      using model = tinyModel(gpu, wide, 1, precision);
      const { microRows: rows, ...sizes } = batch;
      const optim = { decay: 0, beta1: 0.9, beta2: 0.95, gradNorm: 1 };
      using _learner = new Learner(model, {
        ...{ rows, pairs: rows, temperature: 1, optim },
        recompute: recompute === "on",
      });
      using _sampler = new Sampler(model, { ...sizes, maxTokens: 100, stop: [0] });
      const allocated = gpu.allocatedBytes - before;
      assert.ok(
        Math.abs(planned / allocated - 1) < 0.02,
        `planned ${planned}, allocated ${allocated}`,
      );
    },
  );
}

Deno.test("planTraining() computes activations again where told to, or where memory is short", () => {
  const kept = planOf();
  // Both layers but for their inputs, at 8192 rows, once less; the output of the last one stays.
  const [hidden, heads, kvHeads, inner] = [16, 4 * 8, 2 * 8, 24];
  const floats = 3 * hidden + 2 + heads * 2 + kvHeads * 2 + 2 * 4 + 3 * inner;
  assert.equal(kept.recompute.kept - kept.recompute.recomputed, 4 * 8192 * floats);
  const planAs = (batch: object) => planOf({ batch });
  const short = Math.ceil(kept.bytes.total / 2 ** 20) - 1;
  for (const batch of [{ recompute: "on" }, { memoryMb: short }]) {
    const { recompute, bytes } = planAs(batch);
    assert.ok(recompute.on);
    assert.equal(kept.bytes.total - bytes.total, 4 * 8192 * floats);
    assert.match(describePlan(planAs(batch)), /computed again: computed again$/);
  }
  for (const batch of [{}, { memoryMb: short + 1 }, { memoryMb: short, recompute: "off" }]) {
    assert.deepEqual(planAs(batch), { ...kept, recompute: { ...kept.recompute, on: false } });
  }
});

Deno.test("checkPlan() refuses what cannot fit and says what it needs", () => {
  const plan = planOf();
  const limits = { bindingBytes: 0, totalBytes: 0 };
  checkPlan(plan, limits);
  // Gate and up projections of 8192 tokens are bound whole; an embedding is not.
  const bindingBytes = 4 * 2 * 24 * 8192;
  checkPlan(plan, { bindingBytes, totalBytes: plan.bytes.total });
  const wide = planTraining(TrainConfig.parse({ selfplay: SELFPLAY }), {
    ...TINY,
    vocabSize: 2000,
  });
  checkPlan(wide, { bindingBytes, totalBytes: 0 });
  assert.throws(
    () => checkPlan(plan, { ...limits, bindingBytes: bindingBytes - 1 }),
    /ConfigError: Cannot fit the plan: it binds a layer's activations at batch.microRows at once/,
  );
  assert.throws(
    () => checkPlan(plan, { ...limits, totalBytes: plan.bytes.total - 1 }),
    /ConfigError: Cannot fit the plan: it needs \d+ MiB, batch\.memoryMb allows \d+ MiB/,
  );
});

Deno.test("describePlan() tells counts and bytes", () => {
  const [head, step, memory, activations] = describePlan(planOf()).split("\n");
  assert.equal(head, "asp: 7 steps");
  assert.equal(
    step,
    "a step breaks 10 programs 40 times, repairs up to 58 bugs 174 times, samples at most " +
      "21400 tokens, takes 1 optimiser step",
  );
  assert.match(activations!, /take \d+ MiB kept, \d+ MiB computed again: kept$/);
  assert.match(memory!, /^memory \d+ MiB: weights 0, .*cache 5, sampling \d+$/);
});
