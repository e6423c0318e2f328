import { rngStream } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import { logprobBackward, logprobForward } from "../../src/ops/logprob.ts";
import * as reference from "../reference/logprob.ts";
import { assertClose, assertGradient, innerProduct } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, integers, normals } from "../support/inputs.ts";

const TEMPERATURE = Math.fround(0.6);

function inputs(rows: number, cols: number) {
  const rng = rngStream(15, "logprob", rows, cols);
  const token = integers(rng, rows, cols);
  return { logits: normals(rng, rows * cols, 4), token, g: normals(rng, rows) };
}

/** Forward over chunks of columns, then backward over each; chunks are put side by side again. */
async function run(gpu: Gpu, [rows, cols]: [number, number], { chunk = cols, workgroup = 8 }) {
  const input = inputs(rows, cols);
  const perRow = () => gpu.tensor("row", [rows]);
  const [lse, logp, entropy] = [perRow(), perRow(), perRow()];
  const state = gpu.tensor("state", [rows, 4]);
  const token = gpu.from("token", [rows], input.token);
  const g = gpu.from("g", [rows], input.g);
  const chunks = Array.from({ length: Math.ceil(cols / chunk) }, (_, i) => {
    const [column, width] = [i * chunk, Math.min(chunk, cols - i * chunk)];
    const part = Float32Array.from(
      { length: rows * width },
      (_, at) => input.logits[Math.floor(at / width) * cols + column + at % width]!,
    );
    return { column, width, logits: gpu.from("logits", [rows, width], part) };
  });
  const pass = gpu.pass("logprob");
  for (const { column, logits } of chunks) {
    const options = { temperature: TEMPERATURE, column, workgroup };
    logprobForward(pass, { token, state, lse }, { logits, logp, entropy }, options);
  }
  for (const { column, logits } of chunks) {
    const options = { temperature: TEMPERATURE, column, workgroup };
    logprobBackward(pass, { token, lse }, { g, logits }, options);
  }
  pass.submit();
  const read = await gpu.readAll([lse, logp, entropy, ...chunks.map(({ logits }) => logits)]);
  const dlogits = new Float32Array(rows * cols);
  chunks.forEach(({ column, width }, i) => {
    read[3 + i]!.forEach((value, at) => {
      dlogits[Math.floor(at / width) * cols + column + at % width] = value;
    });
  });
  gpu.release(lse, logp, entropy, state, token, g, ...chunks.map(({ logits }) => logits));
  return { lse: read[0]!, logp: read[1]!, entropy: read[2]!, dlogits };
}

Deno.test("logprobBackward() of the reference is the derivative of its forward", () => {
  const input = inputs(3, 5);
  const [logits, g] = [float64(input.logits), float64(input.g)];
  const loss = () =>
    innerProduct(reference.logprobForward(logits, input.token, TEMPERATURE).logp, g);
  const dlogits = reference.logprobBackward(logits, input.token, g, TEMPERATURE);
  assertGradient("dlogits", loss, logits, dlogits);
});

for (
  const [shape, options] of [
    [[1, 1], {}],
    [[5, 37], {}],
    [[5, 37], { workgroup: 32, chunk: 9 }],
    [[5, 37], { workgroup: 256, chunk: 16 }],
    [[9, 257], { chunk: 256 }],
    [[40, 1024], {}],
  ] as [[number, number], { chunk?: number; workgroup?: number }][]
) {
  gpuTest(
    `logprob agrees with its reference at [${shape}] ${JSON.stringify(options)}`,
    async (gpu) => {
      const actual = await run(gpu, shape, options);
      const input = inputs(...shape);
      const [logits, g] = [float64(input.logits), float64(input.g)];
      const { lse, logp, entropy } = reference.logprobForward(logits, input.token, TEMPERATURE);
      const dlogits = reference.logprobBackward(logits, input.token, g, TEMPERATURE);
      // All are differences of scores: their errors are those of the largest score.
      const scale = Math.max(...logits.map(Math.abs)) / TEMPERATURE;
      const terms = shape[1];
      assertClose(actual.lse, lse, { what: "lse", terms, scale });
      assertClose(actual.logp, logp, { what: "logp", terms, scale });
      assertClose(actual.entropy, entropy, { what: "entropy", terms, scale });
      // p = exp(z - lse) has the absolute error of its exponent.
      const dscale = scale * Math.max(...g.map(Math.abs)) / TEMPERATURE;
      assertClose(actual.dlogits, dlogits, { what: "dlogits", terms: 1, scale: dscale });
    },
  );
}

gpuTest(
  "logprobBackward() moves probability around: a row's gradients sum to zero",
  async (gpu) => {
    const { dlogits } = await run(gpu, [5, 37], {});
    for (let n = 0; n < 5; n++) {
      const row = dlogits.subarray(n * 37, (n + 1) * 37);
      const sum = row.reduce((total, value) => total + value, 0);
      assertClose([sum], [0], { what: `sum of row ${n}`, terms: 37, scale: 2 / TEMPERATURE });
    }
  },
);
