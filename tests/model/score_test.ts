import assert from "node:assert/strict";
import { loadModel, readCheckpoint, scoreTokens } from "../../src/model/mod.ts";
import { gpuTest } from "../support/device.ts";

/** Models of random weights made by transformers, with its log-probabilities in float64; see tests/interop. */
const GOLDEN = "tests/reference/golden";

for (const name of ["qwen2", "qwen3"]) {
  gpuTest(`scoreTokens() agrees with transformers on a ${name} model`, async (gpu) => {
    const checkpoint = await readCheckpoint(`${GOLDEN}/${name}`);
    const { tokens, logprobs } = JSON.parse(
      await Deno.readTextFile(`${GOLDEN}/${name}/expected.json`),
    );
    using model = await loadModel(gpu, checkpoint, tokens.length);
    const found = await scoreTokens(model, tokens);
    assert.equal(found.length, logprobs.length);
    const errors = logprobs.map((value: number, i: number) => Math.abs(value - found[i]!));
    assert.ok(Math.max(...errors) < 1e-4, `largest error ${Math.max(...errors)}`);
  });
}
