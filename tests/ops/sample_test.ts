import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu, Tensor } from "../../src/gpu/mod.ts";
import { sample, type SampleOptions, type SampleState } from "../../src/ops/sample.ts";
import * as reference from "../reference/sample.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, normals } from "../support/inputs.ts";

const LIMIT = 3;

function openState(gpu: Gpu, batch: number, finished = new Uint32Array(batch)): SampleState {
  const words = (...shape: number[]) => gpu.tensor("words", shape, "u32");
  return {
    finished: gpu.from("finished", [batch], finished),
    length: words(batch),
    tokens: words(batch, LIMIT),
    logps: gpu.tensor("logps", [batch, LIMIT]),
    next: words(batch),
  };
}

/** Draws `steps` tokens of every row from the same logits each time. */
async function draw(
  gpu: Gpu,
  input: {
    logits: Float32Array<ArrayBuffer>;
    streams: number[];
    stop?: number[];
    finished?: number[];
  },
  options: SampleOptions & { steps?: number },
) {
  const { steps = 1, ...rest } = options;
  const batch = input.streams.length;
  const vocab = input.logits.length / batch;
  const tensors: Record<"logits" | "stream" | "stop", Tensor> = {
    logits: gpu.from("logits", [batch, vocab], input.logits),
    stream: gpu.from("stream", [batch], Uint32Array.from(input.streams)),
    stop: gpu.from("stop", [input.stop?.length ?? 1], Uint32Array.from(input.stop ?? [vocab])),
  };
  const state = openState(gpu, batch, Uint32Array.from(input.finished ?? Array(batch).fill(0)));
  const pass = gpu.pass("sample");
  for (let i = 0; i < steps; i++) sample(pass, tensors, state, rest);
  pass.submit();
  const { finished, length, tokens, logps, next } = state;
  const read = await gpu.readAll([finished, length, tokens, logps, next]);
  gpu.release(...Object.values(tensors), ...Object.values(state));
  const [ended, lengths, drawn, scores, latest] = read.map((array) => [...array]);
  return { ended: ended!, lengths: lengths!, drawn: drawn!, scores: scores!, latest: latest! };
}

const DISTRIBUTIONS: SampleOptions[] = [
  { seed: 1, temperature: 0 },
  { seed: 2, temperature: 1 },
  { seed: 3, temperature: Math.fround(0.6), workgroup: 32 },
  { seed: 4, temperature: 1, topK: 5 },
  { seed: 5, temperature: 2, topP: 0.75, workgroup: 256 },
  { seed: 0xffffffff, temperature: 1, topK: 20, topP: 0.5 },
];

for (const options of DISTRIBUTIONS) {
  for (const [batch, vocab] of [[1, 1], [5, 37], [33, 1024]] as const) {
    gpuTest(
      `sample() draws as its reference: [${batch},${vocab}] ${JSON.stringify(options)}`,
      async (gpu) => {
        const logits = normals(rngStream(19, "sample", batch), batch * vocab, 3);
        const streams = Array.from({ length: batch }, (_, b) => 1000 + 7 * b);
        const actual = await draw(gpu, { logits, streams }, { ...options, steps: 2 });
        const expected = streams.flatMap((stream, b) =>
          [0, 1].map((step) => {
            const row = float64(logits.subarray(b * vocab, (b + 1) * vocab));
            return reference.sample(row, { stream, step }, { topK: 0, topP: 1, ...options });
          })
        );
        const first = <T>(values: T[]) => values.filter((_, i) => i % LIMIT < 2);
        assert.deepEqual(first(actual.drawn), expected.map(({ token }) => token));
        const logps = expected.map(({ logp }) => logp);
        // A log-probability is a difference of scores, whose size sets its error.
        assertClose(first(actual.scores), logps, { what: "logp", terms: vocab, scale: 12 });
        assert.deepEqual(actual.latest, actual.drawn.filter((_, i) => i % LIMIT === 1));
        assert.ok(actual.lengths.every((length) => length === 2));
      },
    );
  }
}

gpuTest("sample() draws every token as often as its probability says", async (gpu) => {
  const probabilities = [0.5, 0.25, 0.15, 0.0999, 0.0001];
  const batch = 20000;
  const logits = new Float32Array(batch * 5).map((_, i) => Math.log(probabilities[i % 5]!));
  const streams = Array.from({ length: batch }, (_, b) => b);
  const { drawn } = await draw(gpu, { logits, streams }, { seed: 8, temperature: 1 });
  const firsts = drawn.filter((_, i) => i % LIMIT === 0);
  probabilities.forEach((p, token) => {
    const share = firsts.filter((drawnToken) => drawnToken === token).length / batch;
    assert.ok(Math.abs(share - p) < 4 * Math.sqrt(p * (1 - p) / batch), `token ${token}: ${share}`);
  });
});

gpuTest("sample() depends on a sequence's stream, not on its place in the batch", async (gpu) => {
  const row = normals(rngStream(20, "sample"), 64);
  const logits = Float32Array.from({ length: 64 * 8 }, (_, i) => row[i % 64]!);
  const streams = [0, 1, 2, 3, 4, 5, 6, 7];
  const options = { seed: 9, temperature: 1 };
  const forth = await draw(gpu, { logits, streams }, options);
  const back = await draw(gpu, { logits, streams: streams.toReversed() }, options);
  assert.deepEqual(back.latest.toReversed(), forth.latest);
  assert.ok(new Set(forth.latest).size > 1);
});

gpuTest(
  "sample() ends a sequence at a stop token or at its limit and then leaves it alone",
  async (gpu) => {
    const logits = Float32Array.of(0, 9, 0, /**/ 9, 0, 0, /**/ 0, 0, 9);
    const input = { logits, streams: [0, 1, 2], stop: [7, 1], finished: [0, 0, 1] };
    const actual = await draw(gpu, input, { seed: 1, temperature: 0, steps: 5 });
    assert.deepEqual(actual.ended, [1, 1, 1]);
    assert.deepEqual(actual.lengths, [1, 3, 0]);
    assert.deepEqual(actual.drawn, [1, 0, 0, /**/ 0, 0, 0, /**/ 0, 0, 0]);
    assert.deepEqual(actual.latest, [1, 0, 0]);
  },
);

gpuTest("sample() refuses a negative temperature", async (gpu) => {
  const input = { logits: Float32Array.of(1), streams: [0] };
  await assert.rejects(draw(gpu, input, { seed: 1, temperature: -1 }), /temperature >= 0/);
});
