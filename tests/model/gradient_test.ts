import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import {
  type Group,
  type PackedBatch,
  packGroups,
  splitMicroBatches,
} from "../../src/model/mod.ts";
import { decoderForward } from "../reference/decoder.ts";
import { gpuTest } from "../support/device.ts";
import {
  assertSameGradients,
  deviation,
  gradientsOf,
  largest,
  type WeightedBatch,
} from "../support/gradients.ts";
import { float64, integers } from "../support/inputs.ts";
import { TINY, TINY_QWEN3, tinyWeights } from "../support/tiny_model.ts";

const CONFIGS = [TINY, TINY_QWEN3];
const TEMPERATURE = 0.7;
/** Parameters of each tensor whose gradient is checked by central differences. */
const SAMPLE = 6;
/** 4 * 2^-24 * sqrt(terms) where the longest sums, of the feed-forward gradients, run over 50 rows and 24 columns. */
const TOLERANCE = 4 * 2 ** -24 * Math.sqrt(50 * 24);

/** Several completions of a prompt, one of a single token; a prompt of one token. */
function groups(): Group[] {
  const rng = rngStream(31, "groups");
  const text = (length: number) => Array.from(integers(rng, length, TINY.vocabSize));
  return [
    { prompt: text(7), completions: [text(5), text(1), text(9), text(2)] },
    { prompt: text(1), completions: [text(11)] },
    { prompt: text(12), completions: [text(3), text(3)] },
  ];
}

/** The completions of {@linkcode groups} in order. */
const NUMBERS = [0, 1, 2, 3, 4, 5, 6];

/** Packs groups and gives every token the weight it has wherever its completion is packed. */
function weighted(parts: readonly Group[], numbers: readonly number[] = NUMBERS): WeightedBatch {
  const packed = packGroups(parts);
  const weight = Float32Array.from(
    packed.pairOffset,
    (offset, p) => rngStream(32, numbers[packed.pairCompletion[p]!]!, offset).normal(),
  );
  return { packed, weight };
}

for (const config of CONFIGS) {
  const { architecture } = config;
  const parameters = new Map(
    [...tinyWeights(config, 1)].map(([name, values]) => [name, float64(values)]),
  );
  const batch = weighted(groups());
  const reference = () => decoderForward(config, parameters, batch.packed, TEMPERATURE).logp;
  const lossAt = () => reference().reduce((sum, logp, p) => sum - batch.weight[p]! * logp, 0);

  gpuTest(`accumulate() of ${architecture} agrees with the reference decoder`, async (gpu) => {
    const { logp, loss, gradients } = await gradientsOf(gpu, config, [batch], TEMPERATURE);
    const error = deviation(logp, reference());
    assert.ok(error <= TOLERANCE, `log-probabilities: relative error ${error}`);
    assert.ok(Math.abs(loss / lossAt() - 1) <= TOLERANCE, `loss ${loss}, expected ${lossAt()}`);
    const h = 1e-5;
    for (const [name, values] of parameters) {
      const gradient = gradients.get(name)!;
      const rng = rngStream(33, name);
      for (let n = 0; n < SAMPLE; n++) {
        const i = rng.int(values.length);
        const at = values[i]!;
        values[i] = at + h;
        const above = lossAt();
        values[i] = at - h;
        const below = lossAt();
        values[i] = at;
        const difference = (above - below) / (2 * h);
        const error = Math.abs(difference - gradient[i]!) / largest(gradient);
        assert.ok(error <= TOLERANCE, `${name}[${i}]: relative error ${error}`);
      }
    }
  });

  gpuTest(
    `accumulate() of ${architecture} treats a shared prompt as repeated ones`,
    async (gpu) => {
      const apart = groups().flatMap(({ prompt, completions }) =>
        completions.map((tokens) => ({ prompt, completions: [tokens] }))
      );
      const [shared, separate] = [weighted(groups()), weighted(apart)];
      assert.equal(separate.packed.tokens.length - shared.packed.tokens.length, 3 * 7 + 12);
      assertSameGradients(
        await gradientsOf(gpu, config, [shared]),
        await gradientsOf(gpu, config, [separate]),
        { tolerance: TOLERANCE },
      );
    },
  );
}

gpuTest("accumulate() permutes its results with its groups", async (gpu) => {
  const [a, b, c] = groups() as [Group, Group, Group];
  const order = [5, 6, 0, 1, 2, 3, 4];
  const [there, back] = [weighted([a, b, c]), weighted([c, a, b], order)];
  const first = await gradientsOf(gpu, TINY, [there]);
  const second = await gradientsOf(gpu, TINY, [back]);
  assertSameGradients(second, first, { tolerance: TOLERANCE });
  const byToken = ({ packed }: { packed: PackedBatch }, logp: Float32Array, numbers: number[]) =>
    Array.from(logp, (value, p) => ({
      key: 100 * numbers[packed.pairCompletion[p]!]! + packed.pairOffset[p]!,
      value,
    })).sort((x, y) => x.key - y.key).map(({ value }) => value);
  const error = deviation(
    byToken(back, second.logp, order),
    byToken(there, first.logp, NUMBERS),
  );
  assert.ok(error <= TOLERANCE, `relative error ${error}`);
});

gpuTest("accumulate() adds to the gradients that are there", async (gpu) => {
  const batch = weighted(groups());
  assertSameGradients(
    await gradientsOf(gpu, TINY_QWEN3, [batch, batch]),
    await gradientsOf(gpu, TINY_QWEN3, [batch]),
    { tolerance: TOLERANCE, factor: 2 },
  );
});

gpuTest("accumulate() gives a batch the gradients of its micro-batches", async (gpu) => {
  const parts = splitMicroBatches(groups(), 30);
  assert.equal(parts.length, 2);
  const batches = [weighted(parts[0]!), weighted(parts[1]!, NUMBERS.slice(4))];
  assertSameGradients(
    await gradientsOf(gpu, TINY, batches),
    await gradientsOf(gpu, TINY, [weighted(groups())]),
    { tolerance: TOLERANCE },
  );
});

gpuTest("accumulate() takes predictions in chunks where their logits are too many", async (gpu) => {
  // 32 MiB hold 64 rows of logits: 100 predictions take two chunks, 2 x 50 one each.
  const wide = { ...TINY, vocabSize: 2 ** 17 };
  const [a, b] = [1, 2].map((token): Group => {
    const text = integers(rngStream(34, token), 50, wide.vocabSize);
    return { prompt: [token], completions: [Array.from(text)] };
  }) as [Group, Group];
  assertSameGradients(
    await gradientsOf(gpu, wide, [weighted([a, b])]),
    await gradientsOf(gpu, wide, [weighted([a]), weighted([b], [1])]),
    { tolerance: TOLERANCE },
  );
});
