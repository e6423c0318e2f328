import assert from "node:assert/strict";
import { CheckpointError } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import {
  loadModel,
  type Model,
  type ModelConfig,
  packGroups,
  readCheckpoint,
  type StoredDType,
  writeTrainerState,
} from "../../src/model/mod.ts";
import { Learner, restoreLearner, saveLearner } from "../../src/rl/mod.ts";
import { gpuTest } from "../support/device.ts";
import { TINY, TINY_QWEN3, tinyModel } from "../support/tiny_model.ts";

const OPTIM = { decay: 0.1, beta1: 0.9, beta2: 0.95, gradNorm: 1 };
const PACKED = packGroups([{ prompt: [1, 2, 3], completions: [[4, 5, 6, 7], [8, 9]] }]);
const WEIGHT = new Float32Array(PACKED.pairRow.length).fill(0.2);

const openLearner = (model: Model): Learner =>
  new Learner(model, { rows: 64, pairs: 64, temperature: 1, optim: OPTIM });

async function takeSteps(learner: Learner, count: number): Promise<number[]> {
  const norms = [];
  for (let step = 0; step < count; step++) {
    await learner.accumulate(PACKED, { weight: WEIGHT });
    norms.push(await learner.step(1e-2));
  }
  return norms;
}

async function withDir(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Two steps, a checkpoint, two more steps; and two steps from the checkpoint. */
async function continueFrom(
  gpu: Gpu,
  dir: string,
  { config, dtype }: { config: ModelConfig; dtype: StoredDType },
) {
  using model = tinyModel(gpu, config);
  using learner = openLearner(model);
  await takeSteps(learner, 2);
  await saveLearner(dir, learner, { files: new Map([["tokenizer.json", "{}"]]), dtype });
  const unbroken = { norms: await takeSteps(learner, 2), weights: await model.read() };
  const checkpoint = await readCheckpoint(dir);
  assert.deepEqual(checkpoint.config, config);
  using loaded = await loadModel(gpu, checkpoint, config.maxPositions);
  const stored = await loaded.read();
  using again = openLearner(loaded);
  await restoreLearner(dir, again);
  assert.equal(again.optimizer.steps, 2);
  const exact = await loaded.read();
  const continued = { norms: await takeSteps(again, 2), weights: await loaded.read() };
  return { unbroken, continued, stored, exact };
}

for (const dtype of ["F32", "F16", "BF16"] as const) {
  for (const config of [TINY, TINY_QWEN3]) {
    const name = `a ${config.architecture} learner stored as ${dtype} goes on bit by bit`;
    gpuTest(name, (gpu) =>
      withDir(async (dir) => {
        const found = await continueFrom(gpu, dir, { config, dtype });
        assert.deepEqual(found.continued, found.unbroken);
        // The model file itself is rounded, so the exact weights must come from the training state.
        assert[dtype === "F32" ? "deepEqual" : "notDeepEqual"](found.stored, found.exact);
      }));
  }
}

gpuTest(
  "restoreLearner() refuses training state that is missing or of another model",
  (gpu) =>
    withDir(async (dir) => {
      using model = tinyModel(gpu);
      using learner = openLearner(model);
      const refused = (message: RegExp) =>
        assert.rejects(restoreLearner(dir, learner), (error: Error) => {
          assert.ok(error instanceof CheckpointError);
          assert.match(error.message, message);
          return true;
        });
      await refused(/it has no training state$/);
      const moments = learner.optimizer.moments();
      const shapes = [...moments].map(([name, { shape }]) => ({ name, shape: [...shape] }));
      const write = (tensors: typeof shapes) =>
        writeTrainerState(dir, {
          tensors,
          read: (name) =>
            new Float32Array(
              tensors.find((tensor) => tensor.name === name)!.shape.reduce((a, b) => a * b, 1),
            ),
          state: { steps: 7 },
        });
      await write(shapes.slice(1));
      await refused(/model\.embed_tokens\.weight\.m is missing$/);
      await write([{ name: "model.embed_tokens.weight.m", shape: [8, 16] }, ...shapes.slice(1)]);
      await refused(/expected shape \[40,16\], found \[8,16\]$/);
      await write([...shapes, { name: "other.weight", shape: [1] }]);
      await refused(/other\.weight/);
      assert.equal(learner.optimizer.steps, 0);
      await write(shapes);
      await restoreLearner(dir, learner);
      assert.equal(learner.optimizer.steps, 7);
    }),
);
