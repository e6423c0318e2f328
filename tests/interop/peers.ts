/**
 * What jax-js, the fastest WebGPU trainer found, takes on this adapter for the work of `bench kernels` and
 * `bench train --shape peer`.
 *
 *   deno task bench:peers
 *
 * Prints JSON: GFLOP/s of products by side, milliseconds of softmax over 4096 rows of 1024, tokens a second of a
 * training step with its losses. Medians of wall-clock time.
 */
import {
  type Array as Tensor,
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  random,
  tree,
  valueAndGrad,
} from "npm:@jax-js/jax@0.1.25";
import { median } from "simple-statistics";
import { PEER_MODEL } from "../../src/bench/train_timing.ts";

const SAMPLES = 7;
const TEXTS = 16;
const LENGTH = 128;
const STEPS = 6;
const { vocabSize, hiddenSize, layers, heads, headDim, intermediateSize, rmsNormEps, ropeTheta } =
  PEER_MODEL;

type Layer = Record<"n1" | "q" | "k" | "v" | "o" | "n2" | "gate" | "up" | "down", Tensor>;
type Weights = { embedding: Tensor; norm: Tensor; layers: Layer[] };
type State = { weights: Weights; first: Weights; second: Weights };

let drawn = 0;

function normal(shape: number[], scale: number): Tensor {
  return random.normal(random.key(drawn++), shape).mul(scale);
}

/** Milliseconds of each call but the first, which compiles. */
async function measure(run: () => Tensor): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= SAMPLES; i++) {
    const start = performance.now();
    const y = run();
    await blockUntilReady(y.ref);
    y.dispose();
    if (i > 0) times.push(performance.now() - start);
  }
  return median(times);
}

/** GFLOP/s by side. */
async function products(): Promise<Record<string, number>> {
  const speeds: Record<string, number> = {};
  for (const side of [256, 512, 1024]) {
    const [a, b] = [normal([side, side], 1), normal([side, side], 1)];
    speeds[side] = 2e-6 * side ** 3 / await measure(() => np.matmul(a.ref, b.ref));
  }
  return speeds;
}

async function softmaxMs(): Promise<number> {
  const x = normal([4096, 1024], 1);
  const softmax = jit((x: Tensor) => nn.softmax(x, -1));
  return await measure(() => softmax(x.ref));
}

function createWeights(): Weights {
  const square = () => normal([hiddenSize, hiddenSize], 0.02);
  const wide = () => normal([hiddenSize, intermediateSize], 0.02);
  return {
    embedding: normal([vocabSize, hiddenSize], 0.02),
    norm: np.ones([hiddenSize]),
    layers: Array.from({ length: layers }, () => ({
      ...{ n1: np.ones([hiddenSize]), q: square(), k: square(), v: square(), o: square() },
      ...{ n2: np.ones([hiddenSize]), gate: wide(), up: wide() },
      down: normal([intermediateSize, hiddenSize], 0.02),
    })),
  };
}

function rmsnorm(x: Tensor, gain: Tensor): Tensor {
  const scale = np.sqrt(np.square(x.ref).mean(-1, { keepdims: true }).add(rmsNormEps));
  return x.div(scale).mul(gain);
}

/** Cosine and sine of each position's angles, `[1, LENGTH, 1, headDim / 2]`. */
function angles(): { cos: Tensor; sin: Tensor } {
  const half = headDim / 2;
  const at = Float32Array.from({ length: LENGTH * half }, (_, i) => {
    return Math.floor(i / half) * ropeTheta ** (-(i % half) / half);
  });
  const angle = np.array(at).reshape([1, LENGTH, 1, half]);
  return { cos: np.cos(angle.ref), sin: np.sin(angle) };
}

function rotate(x: Tensor): Tensor {
  const { cos, sin } = table;
  const [a, b] = np.split(x.reshape([TEXTS, LENGTH, heads, headDim]), 2, -1) as [Tensor, Tensor];
  const first = a.ref.mul(cos.ref).sub(b.ref.mul(sin.ref));
  return np.concatenate([first, a.mul(sin.ref).add(b.mul(cos.ref))], -1);
}

/** Mean cross-entropy, nats; `seen` and `wanted` are one-hot rows. */
function loss(weights: Weights, seen: Tensor, wanted: Tensor): Tensor {
  let x = np.matmul(seen, weights.embedding.ref);
  for (const layer of weights.layers) {
    const h = rmsnorm(x.ref, layer.n1);
    const q = rotate(np.matmul(h.ref, layer.q));
    const k = rotate(np.matmul(h.ref, layer.k));
    const v = np.matmul(h, layer.v).reshape([TEXTS, LENGTH, heads, headDim]);
    const y = nn.dotProductAttention(q, k, v, { isCausal: true });
    x = x.add(np.matmul(y.reshape([TEXTS * LENGTH, hiddenSize]), layer.o));
    const m = rmsnorm(x.ref, layer.n2);
    const gated = nn.silu(np.matmul(m.ref, layer.gate)).mul(np.matmul(m, layer.up));
    x = x.add(np.matmul(gated, layer.down));
  }
  const logits = np.matmul(rmsnorm(x, weights.norm), np.transpose(weights.embedding));
  return nn.logSoftmax(logits, -1).mul(wanted).sum().mul(-1 / (TEXTS * LENGTH));
}

/** One step of AdamW, as `OPTIM` in src/bench/train_timing.ts has it but for clipping. */
function trainStep(state: State, seen: Tensor, wanted: Tensor, step: Tensor) {
  const [value, slope] = valueAndGrad(loss)(tree.ref(state.weights), seen, wanted);
  const grads = slope as Weights;
  const first = tree.map(
    (m: Tensor, g: Tensor) => m.mul(0.9).add(g.mul(0.1)),
    state.first,
    tree.ref(grads),
  ) as Weights;
  const second = tree.map(
    (v: Tensor, g: Tensor) => v.mul(0.95).add(np.square(g).mul(0.05)),
    state.second,
    grads,
  ) as Weights;
  const bias1 = np.subtract(1, np.power(0.9, step.ref));
  const bias2 = np.subtract(1, np.power(0.95, step));
  const weights = tree.map(
    (w: Tensor, m: Tensor, v: Tensor) => {
      const change = m.div(bias1.ref).div(np.sqrt(v.div(bias2.ref)).add(1e-8));
      return w.mul(1 - 1e-4).sub(change.mul(1e-3));
    },
    state.weights,
    tree.ref(first),
    tree.ref(second),
  ) as Weights;
  bias1.dispose();
  bias2.dispose();
  return { value: value as Tensor, next: { weights, first, second } };
}

async function training(): Promise<{ tokensPerSecond: number; loss: number[] }> {
  const step = jit(trainStep);
  const rows = TEXTS * LENGTH;
  const token = Int32Array.from({ length: rows }, (_, i) => (i * 7919) % vocabSize);
  const seen = nn.oneHot(np.array(token, { shape: [rows], dtype: np.int32 }), vocabSize);
  const weights = createWeights();
  const zeros = () => tree.map((w: Tensor) => np.zeros(w.shape), weights) as Weights;
  let state: State = { weights, first: zeros(), second: zeros() };
  const [times, losses]: [number[], number[]] = [[], []];
  for (let i = 1; i <= STEPS; i++) {
    const start = performance.now();
    const { value, next } = step(state, seen.ref, seen.ref, np.array(i).astype(np.float32));
    state = next;
    losses.push(await value.jsAsync() as number);
    if (i > 1) times.push(performance.now() - start);
  }
  return { tokensPerSecond: 1000 * rows / median(times), loss: losses };
}

await init("webgpu");
defaultDevice("webgpu");
const table = angles();
const report = { matmul: await products(), softmaxMs: await softmaxMs(), train: await training() };
// deno-lint-ignore no-console -- its result
console.log(JSON.stringify(report));
