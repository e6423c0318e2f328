import assert from "node:assert/strict";
import { BatchBuffers, packGroups } from "../../src/model/mod.ts";
import { gpuTest } from "../support/device.ts";
import { TINY, tinyModel } from "../support/tiny_model.ts";

gpuTest("load() uploads a batch and indexes its rows by token", async (gpu) => {
  using model = tinyModel(gpu);
  using buffers = new BatchBuffers(model, { rows: 16, pairs: 16 });
  const packed = packGroups([{ prompt: [7, 3], completions: [[7, 7, 9], [5]] }]);
  const batch = buffers.load(packed);
  assert.deepEqual([batch.rows, batch.pairs], [4, 4]);
  const names = ["tokens", "positions", "spans", "reach", "pairRow", "pairTarget"] as const;
  const values = await gpu.readAll(names.map((name) => batch[name]));
  names.forEach((name, i) => assert.deepEqual(values[i], packed[name], name));
  const [order, start] = await gpu.readAll([batch.tokenOrder, batch.tokenStart]);
  assert.deepEqual(order, Uint32Array.of(1, 0, 2, 3));
  assert.deepEqual([...start!].slice(2, 9), [0, 0, 1, 1, 1, 1, 4]);
  assert.equal(start!.at(-1), 4);
});

gpuTest("load() refuses what the buffers or the model cannot hold", (gpu) => {
  using model = tinyModel(gpu);
  using buffers = new BatchBuffers(model, { rows: 100, pairs: 8 });
  const load = (prompt: number[], completion: number[]) => () =>
    buffers.load(packGroups([{ prompt, completions: [completion] }]));
  assert.doesNotThrow(load([1, TINY.vocabSize - 1], [2]));
  assert.throws(load([1, 40], [2]), /RangeError: Cannot load token 40: the model has 40/);
  assert.throws(load([1], [40]), /Cannot load predicted token 40: the model has 40/);
  const long = (length: number) => Array.from({ length }, () => 1);
  assert.doesNotThrow(load(long(64), [2]));
  assert.throws(load(long(64), [2, 3]), /Cannot load position 64: the model has 64/);
  assert.throws(load(long(64), long(9)), /72 rows and 9 predictions: .* hold 100 and 8/);
});
