/**
 * The kernels of a training step besides matrix products, at the sizes of the micro model.
 *
 * @module
 */
import {
  adamw,
  addInPlace,
  attentionBackward,
  attentionForward,
  biasBackward,
  countPartials,
  embeddingBackward,
  embeddingForward,
  gatherRowsBackward,
  gatherRowsForward,
  globalNorm,
  indexTokens,
  likelihoodLoss,
  logprobBackward,
  logprobForward,
  packHalf,
  policyLoss,
  pool,
  rmsnormBackward,
  rmsnormForward,
  ropeBackward,
  ropeForward,
  swigluBackward,
  swigluForward,
} from "../ops/mod.ts";
import type { KernelCase } from "./kernel_timing.ts";
import { type Index, opCase } from "./op_case.ts";

/** Tokens of a micro-batch, in texts of this length. */
const ROWS = 4096;
const TEXT = 128;
/** Width of the residual stream and of the feed-forward network; heads and their width. */
const [HIDDEN, GATED, HEADS, DIM] = [128, 384, 4, 32];
/** Tokens of the vocabulary; parameters of the model. */
const [VOCAB, PARAMETERS] = [1024, 2 ** 20];

/** All cases. */
export function opCases(): KernelCase[] {
  return [
    ...rowCases(),
    ...attentionCases(),
    ...lookupCases(),
    ...ropeCases(),
    ...headCases(),
    ...optimizerCases(),
  ];
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

function lookupCases(): KernelCase[] {
  const x = [ROWS, HIDDEN];
  const table = [VOCAB, HIDDEN];
  const tokens = anyTokens();
  const { order, start } = indexTokens(tokens, VOCAB);
  const starts = Uint32Array.from({ length: ROWS + 1 }, (_, row) => row);
  return [
    opCase("embedding forward", { x, table }, {
      flops: 0,
      bytes: 8 * ROWS * HIDDEN,
      index: { token: [[ROWS], tokens] },
      encode: (pass, { x, ...saved }) => embeddingForward(pass, saved, x),
    }),
    opCase("embedding backward", { dx: x, dtable: table }, {
      flops: ROWS * HIDDEN,
      index: { order: [[ROWS], order], start: [[VOCAB + 1], start] },
      encode: (pass, { order, start, ...grads }) =>
        embeddingBackward(pass, { order, start }, grads),
    }),
    opCase("gather rows forward", { y: x, x }, {
      flops: 0,
      index: { row: [[ROWS], starts.slice(0, ROWS)] },
      encode: (pass, { y, ...saved }) => gatherRowsForward(pass, saved, y),
    }),
    opCase("gather rows backward", { dy: x, dx: x }, {
      flops: 0,
      index: { start: [[ROWS + 1], starts] },
      encode: (pass, { start, ...grads }) => gatherRowsBackward(pass, { start }, grads),
    }),
  ];
}

function ropeCases(): KernelCase[] {
  const heads = { x: [ROWS, HEADS, DIM], table: [TEXT, DIM] };
  const position: Index = [[ROWS], Uint32Array.from({ length: ROWS }, (_, t) => t % TEXT)];
  return [
    opCase("rope forward", heads, {
      flops: 3 * ROWS * HEADS * DIM,
      index: { position },
      encode: (pass, { x, table, position }) => ropeForward(pass, { table, position }, x),
    }),
    opCase("rope backward", heads, {
      flops: 3 * ROWS * HEADS * DIM,
      index: { position },
      encode: (pass, { x, table, position }) => ropeBackward(pass, { table, position }, x),
    }),
  ];
}

function headCases(): KernelCase[] {
  const logits = [ROWS, VOCAB];
  const perRow = [ROWS];
  const index = { token: [perRow, anyTokens()] as Index };
  const losses = { g: perRow, terms: [ROWS, 4] };
  return [
    opCase("softmax and log-prob", {
      logits,
      state: [ROWS, 4],
      lse: perRow,
      logp: perRow,
      entropy: perRow,
    }, {
      ...{ flops: 5 * ROWS * VOCAB, index },
      encode: (pass, { token, state, lse, ...scores }) =>
        logprobForward(pass, { token, state, lse }, scores),
    }),
    opCase("log-prob backward", { logits, lse: perRow, g: perRow }, {
      ...{ flops: 4 * ROWS * VOCAB, bytes: 8 * ROWS * VOCAB, index }, // logits are overwritten
      encode: (pass, { token, lse, ...grads }) => logprobBackward(pass, { token, lse }, grads),
    }),
    opCase("policy loss", {
      ...{ logp: perRow, old: perRow, advantage: perRow, weight: perRow },
      ...losses,
    }, {
      flops: 12 * ROWS,
      encode: (pass, { g, terms, ...input }) =>
        policyLoss(pass, input, { g, terms }, { low: 0.2, high: 0.28 }),
    }),
    opCase("likelihood loss", { logp: perRow, weight: perRow, ...losses }, {
      flops: 2 * ROWS,
      encode: (pass, { g, terms, ...input }) => likelihoodLoss(pass, input, { g, terms }),
    }),
  ];
}

function optimizerCases(): KernelCase[] {
  const parameters = [PARAMETERS];
  const options = { rate: 1e-3, decay: 0.1, beta1: 0.9, beta2: 0.95, step: 1 };
  const x = [ROWS, HIDDEN];
  return [
    opCase("add", { a: x, y: x }, {
      flops: ROWS * HIDDEN,
      bytes: 12 * ROWS * HIDDEN, // y is read and written
      encode: (pass, { a, y }) => addInPlace(pass, a, y),
    }),
    opCase("bias backward", { dy: x, dbias: [HIDDEN] }, {
      flops: ROWS * HIDDEN,
      encode: (pass, grads) => biasBackward(pass, grads),
    }),
    opCase("halves of weights", { x: [VOCAB, HIDDEN], y: [VOCAB, HIDDEN] }, {
      flops: 0,
      halves: ["y"],
      encode: (pass, { x, y }) => packHalf(pass, x, y),
    }),
    opCase("norm of gradients", {
      dw: parameters,
      partials: [countPartials([parameters])],
      norm: [1],
      clip: [1],
    }, {
      flops: 2 * PARAMETERS,
      encode: (pass, { dw, ...out }) => globalNorm(pass, [dw], out, 1),
    }),
    opCase("adamw", { w: parameters, m: parameters, v: parameters, dw: parameters, clip: [1] }, {
      flops: 14 * PARAMETERS,
      bytes: 28 * PARAMETERS, // w, m and v are read and written
      encode: (pass, { w, m, v, dw, clip }) => adamw(pass, { w, m, v }, { dw, clip }, options),
    }),
    opCase("mean of rows", { x, y: [ROWS / TEXT, HIDDEN] }, {
      flops: ROWS * HIDDEN,
      index: { bounds: [[ROWS / TEXT, 2], textBounds()] },
      encode: (pass, { x, bounds, y }) => pool(pass, { x, bounds }, y, "mean"),
    }),
  ];
}

/** Token t sees its text up to itself; u32 `[ROWS, 4]`. */
function causalSpans(): Index {
  const spans = new Uint32Array(ROWS * 4);
  for (let t = 0; t < ROWS; t++) spans.set([0, 0, t - t % TEXT, t + 1], 4 * t);
  return [[ROWS, 4], spans];
}

/** Where each token's text ends; u32 `[ROWS]`. */
function textEnds(): Index {
  return [[ROWS], Uint32Array.from({ length: ROWS }, (_, t) => t - t % TEXT + TEXT)];
}

/** Row t's number is t modulo the vocabulary, whatever it stands for. */
function anyTokens(): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: ROWS }, (_, t) => t % VOCAB);
}

/** First row of each text and the one behind its last; u32 `[ROWS / TEXT, 2]`. */
function textBounds(): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: 2 * ROWS / TEXT }, (_, i) => Math.ceil(i / 2) * TEXT);
}
