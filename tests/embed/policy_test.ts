import assert from "node:assert/strict";
import type { Gpu } from "../../src/gpu/mod.ts";
import { PolicyEmbedder, type PolicyEmbedderSettings } from "../../src/embed/mod.ts";
import { packGroups } from "../../src/model/mod.ts";
import { decoderHidden } from "../reference/decoder.ts";
import { pool } from "../reference/pool.ts";
import { rmsnormForward } from "../reference/rmsnorm.ts";
import { gpuTest } from "../support/device.ts";
import { deviation } from "../support/gradients.ts";
import { float64 } from "../support/inputs.ts";
import { TINY, tinyModel, tinyWeights } from "../support/tiny_model.ts";

const TEXTS = ["- a < b\n+ a <= b", "x", "", "return s;\n- return s + 1;", "a b a b a b"];
const encode = (text: string): number[] =>
  Array.from(text, (letter) => letter.codePointAt(0)! % TINY.vocabSize);
const TOLERANCE = 1e-5;

async function embed(
  gpu: Gpu,
  texts: readonly string[],
  settings: Partial<PolicyEmbedderSettings> = {},
): Promise<Float32Array[]> {
  using model = tinyModel(gpu);
  using embedder = new PolicyEmbedder(model, { rows: 64, encode, ...settings });
  return await embedder.embed(texts);
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

for (const pooling of ["mean", "last"] as const) {
  gpuTest(`embed() pools the normalised states of the decoder by ${pooling}`, async (gpu) => {
    const weights = new Map([...tinyWeights(TINY, 1)].map(([name, w]) => [name, float64(w)]));
    const vectors = await embed(gpu, TEXTS, { pooling });
    assert.equal(vectors.length, TEXTS.length);
    TEXTS.forEach((text, i) => {
      if (text === "") return assert.deepEqual(vectors[i], new Float32Array(TINY.hiddenSize));
      const packed = packGroups([{ prompt: encode(text), completions: [] }]);
      const x = decoderHidden(TINY, weights, packed);
      const { y } = rmsnormForward(x, weights.get("model.norm.weight")!, TINY.rmsNormEps);
      const expected = pool(y, [[0, text.length]], { cols: TINY.hiddenSize, pooling });
      assert.ok(deviation(vectors[i]!, expected) <= TOLERANCE, JSON.stringify(text));
    });
  });
}

gpuTest("embed() gives vectors of length 1 that differ from text to text", async (gpu) => {
  const vectors = (await embed(gpu, TEXTS)).filter((_, i) => TEXTS[i] !== "");
  vectors.forEach((a, i) => {
    vectors.forEach((b, j) => {
      const cosine = dot(a, b);
      assert.ok(i === j ? Math.abs(cosine - 1) < 1e-6 : cosine < 0.99, `${i} ${j}: ${cosine}`);
      assert.equal(cosine, dot(b, a));
    });
  });
});

gpuTest(
  "embed() gives a text the vector it has alone, in whatever batch and order",
  async (gpu) => {
    const together = await embed(gpu, TEXTS);
    const turned = (await embed(gpu, TEXTS.toReversed())).toReversed();
    for (const [i, text] of TEXTS.entries()) {
      const [alone] = await embed(gpu, [text]);
      for (const vector of [alone!, turned[i]!]) {
        assert.ok(
          text === "" || deviation(vector, together[i]!) <= TOLERANCE,
          JSON.stringify(text),
        );
      }
    }
    const cramped = await embed(gpu, TEXTS, { rows: 26 }); // three batches
    cramped.forEach((vector, i) => {
      assert.ok(TEXTS[i] === "" || deviation(vector, together[i]!) <= TOLERANCE);
    });
  },
);

gpuTest("embed() cuts a text at the batch's rows and at the model's positions", async (gpu) => {
  const long = "abcdefgh".repeat(20);
  const [inFull, cut] = await embed(gpu, [long, long.slice(0, 64)], { rows: 200 });
  assert.deepEqual(inFull, cut);
  const [short, shorter] = await embed(gpu, [long, long.slice(0, 10)], { rows: 10 });
  assert.deepEqual(short, shorter);
  assert.ok(deviation(short!, cut!) > 0.01);
});

gpuTest("embed() of nothing is nothing", async (gpu) => {
  assert.deepEqual(await embed(gpu, []), []);
});
