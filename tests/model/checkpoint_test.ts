import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import {
  type CheckpointContents,
  readCheckpoint,
  writeCheckpoint,
} from "../../src/model/checkpoint.ts";
import type { ModelConfig } from "../../src/model/config.ts";
import { initParameters, parameterTable } from "../../src/model/parameters.ts";
import { safetensorsChunks } from "../../src/model/safetensors.ts";
import { readTrainerState, writeTrainerState } from "../../src/model/trainer_state.ts";

const CONFIG: ModelConfig = {
  architecture: "qwen2",
  vocabSize: 40,
  hiddenSize: 16,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 4,
  intermediateSize: 24,
  rmsNormEps: 1e-6,
  ropeTheta: 10000,
  tieEmbeddings: true,
  attentionBias: true,
  qkNorm: false,
  maxPositions: 64,
};

function contents(seed = 0): CheckpointContents & { values: Map<string, Float32Array> } {
  const values = initParameters(CONFIG, rngStream(seed, "init"));
  const files = new Map([["tokenizer.json", "{}"], ["generation_config.json", '{"eos":0}']]);
  const configJson = { ["initializer_range"]: 0.02, ["my_key"]: [1] };
  return { config: CONFIG, configJson, files, values, read: (name) => values.get(name)! };
}

async function withDir(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(`${dir}/model`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function names(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
}

async function assertHolds(dir: string, expected: ReturnType<typeof contents>): Promise<void> {
  const checkpoint = await readCheckpoint(dir);
  assert.deepEqual(checkpoint.config, CONFIG);
  assert.deepEqual(checkpoint.configJson["my_key"], [1]);
  assert.deepEqual(checkpoint.files, expected.files);
  const seen: string[] = [];
  for await (const { name, shape, values } of checkpoint.tensors()) {
    assert.deepEqual(values, expected.values.get(name), name);
    assert.deepEqual(shape, parameterTable(CONFIG)[seen.length]!.shape);
    seen.push(name);
  }
  assert.deepEqual(seen, parameterTable(CONFIG).map(({ name }) => name));
}

Deno.test("readCheckpoint() gives back what writeCheckpoint() was given, in one file or several", async () => {
  await withDir(async (dir) => {
    const model = contents();
    await writeCheckpoint(dir, model);
    await assertHolds(dir, model);
    const single = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json"];
    assert.deepEqual(names(dir), single);

    const next = contents(1);
    await writeCheckpoint(dir, next, { maxShardBytes: 4000 });
    await assertHolds(dir, next);
    const shards = names(dir).filter((name) => /^model-\d{5}-of-\d{5}\.safetensors$/.test(name));
    assert.ok(shards.length > 2);
    assert.ok(!names(dir).includes("model.safetensors"), "the earlier file is gone");

    await writeCheckpoint(dir, model);
    await assertHolds(dir, model);
    assert.deepEqual(names(dir), single);
  });
});

Deno.test("writeCheckpoint() says the stored format and rounds to it", async () => {
  await withDir(async (dir) => {
    const model = contents();
    await writeCheckpoint(dir, model, { dtype: "BF16" });
    const { configJson, tensors } = await readCheckpoint(dir);
    assert.equal(configJson["torch_dtype"], "bfloat16");
    for await (const { name, values } of tensors()) {
      const exact = model.values.get(name)!;
      values.forEach((v, i) => assert.ok(Math.abs(v - exact[i]!) <= Math.abs(exact[i]!) / 256));
    }
  });
});

Deno.test("writeCheckpoint() leaves the earlier checkpoint whole when it fails", async () => {
  await withDir(async (dir) => {
    const model = contents();
    await writeCheckpoint(dir, model);
    const broken = { ...contents(1), read: () => new Float32Array(3) };
    await assert.rejects(writeCheckpoint(dir, broken), /Cannot write model.embed_tokens.weight/);
    await assertHolds(dir, model);
  });
});

/** Replaces the tensor file by one with other names and shapes, all zeros. */
async function forge(
  dir: string,
  change: (tensors: { name: string; shape: readonly number[] }[]) => void,
): Promise<void> {
  const tensors = parameterTable(CONFIG).map(({ name, shape }) => ({ name, shape }));
  change(tensors);
  const size = new Map(tensors.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)]));
  const chunks: BlobPart[] = [];
  for await (
    const chunk of safetensorsChunks(tensors, "F32", (name) => new Float32Array(size.get(name)!))
  ) chunks.push(chunk);
  await Deno.writeFile(
    `${dir}/model.safetensors`,
    new Uint8Array(await new Blob(chunks).arrayBuffer()),
  );
}

Deno.test("readCheckpoint() names path and field of what is missing, misshapen or unknown", async () => {
  await withDir(async (dir) => {
    const fails = (message: string) =>
      assert.rejects(readCheckpoint(dir), { name: "CheckpointError", message });
    await fails(`Cannot read ${dir}/config.json: no such file`);
    await writeCheckpoint(dir, contents());
    await forge(dir, (tensors) => tensors.splice(3, 1));
    await fails(`Cannot read ${dir}: tensor model.layers.0.self_attn.k_proj.weight is missing`);
    await forge(dir, (tensors) => tensors[0] = { ...tensors[0]!, shape: [41, 16] });
    await fails(
      `Cannot read ${dir}: tensor model.embed_tokens.weight: expected shape [40,16], found [41,16]`,
    );
    await forge(dir, (tensors) => tensors.push({ name: "model.lora_a", shape: [2] }));
    await fails(
      `Cannot read ${dir}: tensor model.lora_a: expected no such tensor in a qwen2 model`,
    );
    await Deno.remove(`${dir}/model.safetensors`);
    await fails(`Cannot read ${dir}/model.safetensors: no such file`);
    await Deno.writeTextFile(`${dir}/model.safetensors.index.json`, '{"weight_map":{"a":"../b"}}');
    await fails(
      `Cannot read ${dir}/model.safetensors.index.json: weight_map.a: expected a file name`,
    );
    await Deno.writeTextFile(`${dir}/config.json`, "{");
    await assert.rejects(readCheckpoint(dir), /CheckpointError: Cannot read .*\/config.json: /);
  });
});

Deno.test("readCheckpoint() takes a tied head stored twice and names without the model. prefix", async () => {
  await withDir(async (dir) => {
    await writeCheckpoint(dir, contents());
    await forge(dir, (tensors) => {
      tensors.push({ name: "lm_head.weight", shape: [40, 16] });
      tensors.forEach((t, i) => tensors[i] = { ...t, name: t.name.replace(/^model\./, "") });
    });
    const seen: string[] = [];
    for await (const { name } of (await readCheckpoint(dir)).tensors()) seen.push(name);
    assert.deepEqual(seen, parameterTable(CONFIG).map(({ name }) => name));
  });
});

Deno.test("readTrainerState() gives back what writeTrainerState() was given", async () => {
  await withDir(async (dir) => {
    assert.equal(await readTrainerState(dir), undefined);
    const tensors = [{ name: "m.a", shape: [2, 2] }, { name: "v.a", shape: [2, 2] }];
    const values: Record<string, Float32Array> = {
      "m.a": new Float32Array([1, -2, 1e-30, 0.1]),
      "v.a": new Float32Array(4),
    };
    const state = { step: 7, loss: [1.5, null] };
    await writeTrainerState(dir, { tensors, state, read: (name) => values[name]! });
    const stored = (await readTrainerState(dir))!;
    assert.deepEqual(stored.state, state);
    const found: Record<string, Float32Array> = {};
    for await (const { name, values } of stored.tensors()) found[name] = values;
    assert.deepEqual(found, values);
    await Deno.truncate(`${dir}/trainer.safetensors`, 100);
    await assert.rejects(
      readTrainerState(dir),
      /CheckpointError: Cannot read .*trainer.safetensors: /,
    );
  });
});
