/**
 * The kernels of a training step besides matrix products, at the sizes of the micro model.
 *
 * @module
 */
import { elements, type Gpu, type Pass, type Tensor } from "../gpu/mod.ts";
import {
  adamw,
  addInPlace,
  attentionBackward,
  attentionForward,
  logprobForward,
  rmsnormBackward,
  rmsnormForward,
  ropeForward,
  swigluBackward,
  swigluForward,
} from "../ops/mod.ts";
import type { KernelCase } from "./kernel_timing.ts";

/** Tokens of a micro-batch, in texts of this length. */
const ROWS = 4096;
const TEXT = 128;
/** Width of the residual stream and of the feed-forward network; heads and their width. */
const [HIDDEN, GATED, HEADS, DIM] = [128, 384, 4, 32];
/** Tokens of the vocabulary; parameters of the model. */
const [VOCAB, PARAMETERS] = [1024, 2 ** 20];

/** All cases. */
export function opCases(): KernelCase[] {
  return [...rowCases(), ...attentionCases(), ...otherCases()];
}

/** Operations a number are counted, transcendental ones as one. */
function rowCases(): KernelCase[] {
  const [x, gain, r] = [[ROWS, HIDDEN], [HIDDEN], [ROWS]];
  const gated = [ROWS, GATED];
  const fused = [ROWS, 2 * GATED];
  return [
    opCase("rmsnorm forward", { x, gain, r, y: x }, {
      flops: 4 * ROWS * HIDDEN,
      encode: (pass, { y, ...saved }) => rmsnormForward(pass, saved, y),
    }),
    opCase("rmsnorm backward", { x, gain, r, dy: x, dx: x, dgain: gain }, {
      flops: 11 * ROWS * HIDDEN,
      encode: (pass, { x, gain, r, ...grads }) => rmsnormBackward(pass, { x, gain, r }, grads),
    }),
    opCase("swiglu forward", { y: gated, x: fused }, {
      flops: 6 * ROWS * GATED,
      encode: (pass, { x, y }) => swigluForward(pass, { x }, y),
    }),
    opCase("swiglu backward", { dy: gated, x: fused, dx: fused }, {
      flops: 12 * ROWS * GATED,
      encode: (pass, { x, ...grads }) => swigluBackward(pass, { x }, grads),
    }),
  ];
}

function attentionCases(): KernelCase[] {
  const heads = [ROWS, HEADS, DIM];
  const saved = { q: heads, k: heads, v: heads, stats: [ROWS, HEADS, 2] };
  const pairs = ROWS * (TEXT + 1) / 2 * HEADS; // of a query and a key it sees
  return [
    opCase("attention forward", { ...saved, y: heads }, {
      flops: 4 * DIM * pairs,
      index: { spans: causalSpans() },
      encode: (pass, { q, k, v, stats, y, spans }) =>
        attentionForward(pass, { q, k, v, stats, spans }, y),
    }),
    opCase(
      "attention backward",
      { ...saved, y: heads, dy: heads, dq: heads, dk: heads, dv: heads },
      {
        flops: 10 * DIM * pairs,
        index: { spans: causalSpans(), reach: textEnds() },
        encode: (pass, { dy, dq, dk, dv, ...read }) =>
          attentionBackward(pass, read, { dy, dq, dk, dv }),
      },
    ),
  ];
}

function otherCases(): KernelCase[] {
  const logits = [ROWS, VOCAB];
  const perRow = [ROWS];
  const parameters = [PARAMETERS];
  const options = { rate: 1e-3, decay: 0.1, beta1: 0.9, beta2: 0.95, step: 1 };
  return [
    opCase("softmax and log-prob", {
      logits,
      state: [ROWS, 4],
      lse: perRow,
      logp: perRow,
      entropy: perRow,
    }, {
      flops: 5 * ROWS * VOCAB,
      index: { token: new Uint32Array(ROWS) },
      encode: (pass, { token, state, lse, ...scores }) =>
        logprobForward(pass, { token, state, lse }, scores),
    }),
    opCase("rope forward", { x: [ROWS, HEADS, DIM], table: [TEXT, DIM] }, {
      flops: 3 * ROWS * HEADS * DIM,
      index: { position: new Uint32Array(ROWS) },
      encode: (pass, { x, table, position }) => ropeForward(pass, { table, position }, x),
    }),
    opCase("add", { a: [ROWS, HIDDEN], y: [ROWS, HIDDEN] }, {
      flops: ROWS * HIDDEN,
      encode: (pass, { a, y }) => addInPlace(pass, a, y),
    }),
    opCase("adamw", { w: parameters, m: parameters, v: parameters, dw: parameters, clip: [1] }, {
      flops: 14 * PARAMETERS,
      encode: (pass, { w, m, v, dw, clip }) => adamw(pass, { w, m, v }, { dw, clip }, options),
    }),
  ];
}

/** Token t sees its text up to itself; u32 `[ROWS, 4]`. */
function causalSpans(): Uint32Array<ArrayBuffer> {
  const spans = new Uint32Array(ROWS * 4);
  for (let t = 0; t < ROWS; t++) spans.set([0, 0, t - t % TEXT, t + 1], 4 * t);
  return spans;
}

/** Where each token's text ends; u32 `[ROWS]`. */
function textEnds(): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: ROWS }, (_, t) => t - t % TEXT + TEXT);
}

interface OpWork<Names extends string, Indices extends string> {
  readonly flops: number;
  /** Tensors of indices and their contents. */
  readonly index?: Readonly<Record<Indices, Uint32Array<ArrayBuffer>>>;
  encode(pass: Pass, tensors: Readonly<Record<Names | Indices, Tensor>>): void;
}

/** A case on tensors of zeros, each of which is read or written once; its shape is that of the first. */
function opCase<Names extends string, Indices extends string = never>(
  name: string,
  shapes: Readonly<Record<Names, readonly number[]>>,
  { flops, index, encode }: OpWork<Names, Indices>,
): KernelCase {
  const all = Object.values<readonly number[]>(shapes);
  const bytes = all.reduce((sum, shape) => sum + 4 * elements(shape), 0);
  const open = (gpu: Gpu) => {
    const zeros = Object.entries<readonly number[]>(shapes)
      .map(([name, shape]) => [name, gpu.tensor(name, shape)] as const);
    const filled = Object.entries<Uint32Array<ArrayBuffer>>(index ?? {}).map(([name, data]) => {
      const width = data.length / ROWS;
      return [name, gpu.from(name, width === 1 ? [ROWS] : [ROWS, width], data)] as const;
    });
    const tensors = Object.fromEntries([...zeros, ...filled]) as Record<Names | Indices, Tensor>;
    return {
      encode: (pass: Pass) => encode(pass, tensors),
      [Symbol.dispose]: () => gpu.release(...Object.values<Tensor>(tensors)),
    };
  };
  return { name, shape: all[0]!.join("x"), flops, bytes, open };
}
