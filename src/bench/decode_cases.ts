/**
 * The kernels of a decoding step, at the sizes of the micro model: those that the adapter at hand gets.
 *
 * @module
 */
import type { Gpu, Pass, Tensor } from "../gpu/mod.ts";
import {
  advanceDecodeState,
  attentionForward,
  cachesImages,
  feedForwardImage,
  headsImage,
  type KeyValues,
  kvStore,
  placeColumns,
  readsImages,
  sample,
} from "../ops/mod.ts";
import type { KernelCase } from "./kernel_timing.ts";
import { type Index, opCase } from "./op_case.ts";

/** Sequences, keys of each, and slots of the cache. */
const [ROWS, KEYS] = [64, 96];
const SLOTS = ROWS * KEYS;
/** Width of the residual stream and of the feed-forward network; heads, key heads and their width. */
const [HIDDEN, GATED, HEADS, KEY_HEADS, DIM] = [128, 384, 4, 2, 32];
/** Tokens of the vocabulary; most tokens of a completion, which no repetition may reach. */
const [VOCAB, LIMIT] = [1024, 2 ** 17];
const STACKED = (HEADS + 2 * KEY_HEADS) * DIM;
const EPS = 1e-6;

/** All cases. */
export function decodeCases(gpu: Gpu): KernelCase[] {
  const images = cachesImages(gpu.adapter, [KEY_HEADS, SLOTS, DIM], HEADS) &&
    readsImages(gpu.adapter, [STACKED, HIDDEN]);
  return [...images ? imageCases() : tensorCases(), ...drawCases()];
}

const HEAD_SHAPES = { q: [ROWS, HEADS, DIM], table: [KEYS, DIM] };
const ATTENTION_SHAPES = {
  y: [ROWS, HEADS, DIM],
  q: [ROWS, HEADS, DIM],
  stats: [ROWS, HEADS, 2],
};
const ATTENTION_FLOPS = 4 * ROWS * HEADS * KEYS * DIM;
/** Keys and values of one token of each sequence. */
const STORED = 2 * ROWS * KEY_HEADS * DIM;

type Attended = Readonly<Record<keyof typeof ATTENTION_SHAPES | "spans", Tensor> & KeyValues>;

function attend(pass: Pass, { y, keys: k, values: v, ...read }: Attended): void {
  attentionForward(pass, { ...read, k, v }, y, { ownKeys: true });
}

/** Where weights and cache are images. */
function imageCases(): KernelCase[] {
  const cache = { keys: [KEY_HEADS, SLOTS, DIM], values: [KEY_HEADS, SLOTS, DIM] };
  const x = [ROWS, HIDDEN];
  const weights = {
    output: [HIDDEN, HEADS * DIM],
    gateUp: [2 * GATED, HIDDEN],
    down: [HIDDEN, GATED],
  };
  return [
    opCase("decode heads", { x, gain: [HIDDEN], bias: [STACKED], ...HEAD_SHAPES }, {
      flops: 2 * ROWS * HIDDEN * STACKED,
      bytes: 4 * (ROWS * HIDDEN + STACKED * HIDDEN + ROWS * HEADS * DIM + STORED),
      images: { image: [STACKED, HIDDEN], ...cache },
      index: { position: positions(), slot: slots() },
      encode: (pass, { q, keys, values, gain, ...input }) =>
        headsImage(pass, { ...input, norm: { gain, eps: EPS } }, { q, keys, values }),
    }),
    opCase("decode attention", ATTENTION_SHAPES, {
      flops: ATTENTION_FLOPS,
      images: cache,
      index: { spans: spans() },
      encode: (pass, given) => attend(pass, given),
    }),
    opCase("decode feed-forward", {
      ...{ x, y: [ROWS, HEADS * DIM], gain: [HIDDEN], midNorm: x, gated: [ROWS, GATED] },
    }, {
      flops: 2 * ROWS * HIDDEN * (HEADS * DIM + 3 * GATED),
      images: weights,
      encode: (pass, { x, midNorm, gated, gain, ...input }) =>
        feedForwardImage(pass, { ...input, norm: { gain, eps: EPS } }, { x, midNorm, gated }),
    }),
  ];
}

/** Where they are tensors. */
function tensorCases(): KernelCase[] {
  const cache = { keys: [SLOTS, KEY_HEADS, DIM], values: [SLOTS, KEY_HEADS, DIM] };
  const own = [ROWS, KEY_HEADS, DIM];
  return [
    opCase("decode store", { ...HEAD_SHAPES, k: own, v: own, ...cache }, {
      flops: 3 * ROWS * (HEADS + KEY_HEADS) * DIM,
      bytes: 4 * (2 * ROWS * HEADS * DIM + 2 * STORED),
      index: { position: positions(), slot: slots() },
      encode: (pass, { keys, values, ...input }) => kvStore(pass, input, { keys, values }),
    }),
    opCase("decode attention", { ...ATTENTION_SHAPES, ...cache }, {
      flops: ATTENTION_FLOPS,
      index: { spans: spans() },
      encode: (pass, given) => attend(pass, given),
    }),
  ];
}

/** What draws tokens, and what a vocabulary in blocks needs before. */
function drawCases(): KernelCase[] {
  const logits = [ROWS, VOCAB];
  const numbers = (): Index => [[ROWS], new Uint32Array(ROWS)];
  return [
    opCase("decode draw", { logits, logps: [ROWS, LIMIT] }, {
      flops: 6 * ROWS * VOCAB,
      bytes: 4 * ROWS * VOCAB,
      index: {
        ...{ stream: numbers(), finished: numbers(), length: numbers(), next: numbers() },
        stop: [[1], Uint32Array.of(VOCAB)],
        tokens: [[ROWS, LIMIT], new Uint32Array(ROWS * LIMIT)],
      },
      encode: (pass, { logits, stream, stop, ...state }) =>
        sample(pass, { logits, stream, stop }, state, { seed: 1, temperature: 1 }),
    }),
    opCase("decode state", { logits: [ROWS] }, {
      flops: 0,
      bytes: 4 * ROWS * 15,
      index: {
        ...{ finished: numbers(), position: positions(), slot: slots(), spans: spans() },
        live: [[ROWS + 1], new Uint32Array(ROWS + 1)],
      },
      encode: (pass, { finished, position, slot, spans, live }) =>
        advanceDecodeState(pass, finished, { position, slot, spans, live }),
    }),
    opCase("decode blocks of logits", { x: [ROWS, VOCAB / 2], y: logits }, {
      flops: 0,
      bytes: 4 * ROWS * VOCAB,
      encode: (pass, { x, y }) => placeColumns(pass, x, y, 0),
    }),
  ];
}

/** Every sequence is at its last key. */
function positions(): Index {
  return [[ROWS], new Uint32Array(ROWS).fill(KEYS - 1)];
}

function slots(): Index {
  return [[ROWS], Uint32Array.from({ length: ROWS }, (_, row) => (row + 1) * KEYS - 1)];
}

/** Every sequence sees keys of its own alone. */
function spans(): Index {
  const own = Array.from({ length: ROWS }, (_, row) => [0, 0, row * KEYS, (row + 1) * KEYS]);
  return [[ROWS, 4], Uint32Array.from(own.flat())];
}
