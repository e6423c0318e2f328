import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import { AdamW, type AdamWSettings } from "../../src/optim/mod.ts";
import * as reference from "../reference/adamw.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, normals } from "../support/inputs.ts";

const STEPS = 6;
/** A matrix that decays and a gain that does not, of sizes around a workgroup. */
const SHAPES = [
  { name: "matrix", shape: [9, 31], decay: true },
  { name: "gain", shape: [31], decay: false },
];
const SETTINGS = { decay: 0.1, beta1: 0.9, beta2: 0.95, gradNorm: 10 };

/** Gradients of each step: the second is larger than the limit on their norm, the third is zero. */
function gradientsAt(step: number): Float32Array<ArrayBuffer>[] {
  const rng = rngStream(51, step);
  const scale = [0.1, 3, 0, 1e-4, 0.5, 2][step]!;
  return SHAPES.map(({ shape }) => normals(rng, shape.reduce((a, b) => a * b, 1), scale));
}

const rateAt = (step: number): number => 0.01 * (step + 1);

function makeTrainables(gpu: Gpu) {
  const rng = rngStream(52);
  return SHAPES.map(({ name, shape, decay }) => {
    const start = normals(rng, shape.reduce((a, b) => a * b, 1));
    const weight = gpu.from(name, shape, start);
    return { name, decay, start, weight, gradient: gpu.tensor(`d${name}`, shape) };
  });
}

/** The same steps in float64. */
function referenceSteps(starts: readonly Float32Array[], settings: AdamWSettings) {
  const { gradNorm, beta1, beta2 } = settings;
  const states = starts.map((start) => ({
    w: float64(start),
    m: new Float64Array(start.length),
    v: new Float64Array(start.length),
  }));
  const norms: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const gradients = gradientsAt(step).map(float64);
    const norm = Math.hypot(...gradients.flatMap((gradient) => Array.from(gradient)));
    norms.push(norm);
    const clip = Math.min(1, gradNorm / norm);
    states.forEach((state, i) => {
      const decay = SHAPES[i]!.decay ? settings.decay : 0;
      const options = { rate: rateAt(step), decay, beta1, beta2, step: step + 1, clip };
      reference.adamw(state, gradients[i]!, options);
    });
  }
  return { states, norms };
}

gpuTest("step() agrees with AdamW in float64, with clipping and decay of matrices", async (gpu) => {
  const trainables = makeTrainables(gpu);
  using optimizer = new AdamW(gpu, trainables, SETTINGS);
  const norms: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const gradients = gradientsAt(step);
    trainables.forEach(({ gradient }, i) => gpu.upload(gradient, gradients[i]!));
    const pass = gpu.pass("step");
    optimizer.step(pass, rateAt(step));
    pass.submit();
    norms.push((await gpu.read(optimizer.norm))[0]!);
  }
  assert.equal(optimizer.steps, STEPS);
  const { states, norms: expected } = referenceSteps(
    trainables.map(({ start }) => start),
    SETTINGS,
  );
  assert.ok(expected[1]! > SETTINGS.gradNorm && expected[2] === 0 && expected[4]! < 10);
  assertClose(norms, expected, { what: "norm", terms: 310 });
  const moments = optimizer.moments();
  const terms = 5 * STEPS; // five roundings a step
  for (const [i, { name, weight }] of trainables.entries()) {
    const tensors = [weight, moments.get(`${name}.m`)!, moments.get(`${name}.v`)!];
    const [w, m, v] = await gpu.readAll(tensors);
    assertClose(w!, states[i]!.w, { what: `${name} w`, terms });
    assertClose(m!, states[i]!.m, { what: `${name} m`, terms });
    assertClose(v!, states[i]!.v, { what: `${name} v`, terms });
  }
});

gpuTest("step() decays matrices alone where there is no gradient", async (gpu) => {
  const trainables = makeTrainables(gpu);
  using optimizer = new AdamW(gpu, trainables, SETTINGS);
  const pass = gpu.pass("step");
  optimizer.step(pass, 0.5);
  pass.submit();
  const [matrix, gain] = await gpu.readAll(trainables.map(({ weight }) => weight));
  const { start } = trainables[0]!;
  assertClose(matrix!, start.map((value) => 0.95 * value), { what: "matrix", terms: 2 });
  assert.deepEqual(gain, trainables[1]!.start);
});
