import assert from "node:assert/strict";
import { timeSampling } from "../../src/bench/mod.ts";
import { gpuTest } from "../support/device.ts";
import { tinyModel } from "../support/tiny_model.ts";

gpuTest(
  "timeSampling() tells wall-clock and processor time of prompts and decoding",
  async (gpu) => {
    using model = tinyModel(gpu);
    const before = gpu.allocatedBytes;
    const options = { samples: 3, roofline: { gflops: 50, gbps: 10 } };
    const shape = { sequences: 5, prompt: 9, tokens: 8 };
    const apart = await timeSampling(model, shape, options);
    const together = await timeSampling(model, { ...shape, completions: 2 }, options);
    assert.equal(gpu.allocatedBytes, before);
    for (const { rows, processorMs } of [apart, together]) {
      assert.deepEqual(rows.map(({ name }) => name), ["prompts and first token", "decode"]);
      assert.ok(rows.every(({ ms, shape }) => ms > 0 && shape === "5x9+8"));
      assert.ok(processorMs.first > 0 && Number.isFinite(processorMs.step));
    }
    // Five prompts of eight tokens that are read ahead, or three; the first tokens cost the same.
    const [alone, shared] = [apart, together].map(({ rows }) => rows[0]!.gflops * rows[0]!.ms);
    assert.ok(alone! > shared! && alone! < 5 / 3 * shared!);
  },
);
