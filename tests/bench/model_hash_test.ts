import assert from "node:assert/strict";
import { fileHash, modelHash } from "../../src/bench/model_hash.ts";
import { sha256Hex } from "../../src/base/mod.ts";

async function withModel(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/config.json`, "{}");
    await Deno.writeTextFile(`${dir}/model.safetensors`, "weights");
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("modelHash() changes with the weights, not with what lies beside them", async () => {
  await withModel(async (dir) => {
    const before = await modelHash(dir);
    await Deno.writeTextFile(`${dir}/state.json`, "1");
    assert.equal(await modelHash(dir), before);
    await Deno.writeTextFile(`${dir}/model.safetensors`, "other weights");
    assert.notEqual(await modelHash(dir), before);
  });
});

Deno.test("fileHash() is the SHA-256 of the content", async () => {
  await withModel(async (dir) => {
    assert.equal(await fileHash(`${dir}/model.safetensors`), sha256Hex("weights"));
  });
});

Deno.test("modelHash() names a directory that is not there", async () => {
  await assert.rejects(modelHash("nowhere"), /CheckpointError: Cannot read nowhere/);
});
