/**
 * The head: log-probabilities of the predicted tokens, and the gradient of a loss over them.
 *
 * Logits of a whole batch never exist. Predictions are taken in chunks of rows; a chunk's logits become its
 * log-probabilities, then in the same place the gradient of the loss, which only needs each prediction's own
 * log-probability. Where the head's weight is in blocks of rows, a chunk's logits are made block by block, and its
 * log-sum-exp runs along with them.
 *
 * @module
 */
import { type Gpu, type Pass, rowBlocks, type Tensor } from "../gpu/mod.ts";
import {
  gatherRowsBackward,
  gatherRowsForward,
  linearBackward,
  linearForward,
  logprobBackward,
  logprobForward,
  rmsnormBackward,
  rmsnormForward,
} from "../ops/mod.ts";
import type { DeviceBatch } from "./batch.ts";
import type { ModelConfig } from "./config.ts";
import type { Model } from "./model.ts";
import type { Weights } from "./weights.ts";

/** Bytes of logits that exist at a time. */
const LOGIT_BYTES = 32 * 2 ** 20;
/** Chunks begin at multiples of this many predictions, so that views of their results are aligned. */
const CHUNK_ALIGNMENT = 64;

/** Per-prediction buffers and one chunk of logits; P predictions. */
export interface HeadTensors {
  /** Last layer's output at the predicting rows, `[P, hidden]`. */
  readonly x: Tensor;
  /** Its norm, `[P, hidden]`. */
  readonly xNorm: Tensor;
  /** Reciprocal root mean square, `[P]`. */
  readonly xScale: Tensor;
  /** Gradient of `xNorm`, `[P, hidden]`. */
  readonly dxNorm: Tensor;
  /** Gradient of `x`, `[P, hidden]`. */
  readonly dx: Tensor;
  /** Running maximum and sums of the softmax, `[P, 4]`. */
  readonly state: Tensor;
  /** Log-sum-exp of the logits over the temperature, `[P]`. */
  readonly lse: Tensor;
  /** Log-probability of the predicted token, `[P]`. */
  readonly logp: Tensor;
  /** Entropy of the distribution, nats, `[P]`. */
  readonly entropy: Tensor;
  /** Gradient of the loss with respect to `logp`, `[P]`. */
  readonly g: Tensor;
}

type Shapes = Readonly<Record<keyof HeadTensors, readonly number[]>>;

function headShapes({ hiddenSize }: ModelConfig, pairs: number): Shapes {
  return {
    x: [pairs, hiddenSize],
    xNorm: [pairs, hiddenSize],
    xScale: [pairs],
    dxNorm: [pairs, hiddenSize],
    dx: [pairs, hiddenSize],
    state: [pairs, 4],
    lse: [pairs],
    logp: [pairs],
    entropy: [pairs],
    g: [pairs],
  };
}

/** Shape of one chunk of logits, `[chunk, vocab]`; those of a block of `cols` columns have at most `mostBytes`. */
function logitShape(
  vocab: number,
  pairs: number,
  { cols, mostBytes }: { cols: number; mostBytes: number },
): number[] {
  const fit = Math.floor(Math.min(LOGIT_BYTES / vocab, mostBytes / cols) / 4);
  const aligned = Math.max(1, Math.floor(fit / CHUNK_ALIGNMENT)) * CHUNK_ALIGNMENT;
  return [Math.min(aligned, pairs), vocab];
}

/** Bytes of the head of `pairs` predictions, for a memory plan. */
export function headBytes(config: ModelConfig, pairs: number): number {
  const { vocabSize: cols } = config;
  const logits = logitShape(cols, pairs, { cols, mostBytes: LOGIT_BYTES });
  return [...Object.values(headShapes(config, pairs)), logits]
    .reduce((sum, shape) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
}

/** Buffers of the head for up to `pairs` predictions. */
export class HeadBuffers implements Disposable {
  readonly #gpu: Gpu;
  readonly #whole: HeadTensors;
  /** Logits of one chunk, `[chunk, vocab]`. */
  readonly logits: Tensor;

  /** Allocates for a model. */
  constructor(model: Model, pairs: number) {
    const { gpu, config, weights } = model;
    this.#gpu = gpu;
    const cols = rowBlocks(weights.head)[0]!.tensor.shape[0]!;
    const limits = { cols, mostBytes: gpu.maxBindingBytes };
    this.logits = gpu.tensor("head.logits", logitShape(config.vocabSize, pairs, limits));
    this.#whole = Object.fromEntries(
      Object.entries(headShapes(config, pairs)).map((
        [name, shape],
      ) => [name, gpu.tensor(`head.${name}`, shape)]),
    ) as unknown as HeadTensors;
  }

  /** Views of predictions `[start, start + count)`; `start` is a multiple of 64. */
  window(start: number, count: number): HeadTensors {
    const views = Object.entries(this.#whole).map(([name, tensor]) => {
      const [, width = 1] = tensor.shape as number[];
      const shape = tensor.shape.length === 2 ? [count, width] : [count];
      return [name, this.#gpu.view(tensor, { start: start * width, shape })];
    });
    return Object.fromEntries(views);
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    this.#gpu.release(...Object.values(this.#whole), this.logits);
  }
}

/** What the head runs on. */
export interface HeadRun {
  /** Rows, predicting rows and predicted tokens. */
  readonly batch: DeviceBatch;
  /** Output of the last layer, `[T, hidden]`. */
  readonly x: Tensor;
  /** Buffers; `logp` and `entropy` hold the result. */
  readonly buffers: HeadBuffers;
  /** Divides the logits. */
  readonly temperature: number;
}

/** How a chunk's `g` comes from its `logp`: encodes a loss over predictions `[start, start + count)`. */
export type EncodeLoss = (pass: Pass, chunk: { head: HeadTensors; start: number }) => void;

/** Encodes log-probabilities and entropies of all predictions. */
export function headForward(pass: Pass, model: Model, run: HeadRun): void {
  normalise(pass, model, run);
  eachChunk(run, (chunk) => predict(pass, model, { run, ...chunk }));
}

/**
 * Encodes log-probabilities, and from them the gradients of a loss.
 *
 * @param grads `dx`, `[T, hidden]`, is overwritten; the head's and the norm's gradients in `dweights` accumulate.
 * @param encodeLoss Writes `g` for each chunk.
 */
export function headBackward(
  pass: Pass,
  model: Model,
  run: HeadRun & { dx: Tensor; dweights: Weights; encodeLoss: EncodeLoss },
): void {
  const { batch, buffers, temperature, dx, dweights, encodeLoss } = run;
  const { norm: gain } = model.weights;
  normalise(pass, model, run);
  eachChunk(run, (chunk) => {
    const { head, blocks, token } = predict(pass, model, { run, ...chunk });
    encodeLoss(pass, { head, start: chunk.start });
    const dblocks = rowBlocks(dweights.head);
    blocks.forEach(({ weight, logits, column }, i) => {
      const options = { temperature, column };
      logprobBackward(pass, { token, lse: head.lse }, { g: head.g, logits }, options);
      const grads = { dy: logits, dx: head.dxNorm, dweight: dblocks[i]!.tensor };
      linearBackward(pass, { x: head.xNorm, weight }, grads, { accumulateDx: i > 0 });
    });
  });
  const all = buffers.window(0, batch.pairs);
  const saved = { x: all.x, gain, r: all.xScale };
  rmsnormBackward(pass, saved, { dy: all.dxNorm, dx: all.dx, dgain: dweights.norm });
  gatherRowsBackward(pass, { start: batch.pairStart }, { dy: all.dx, dx });
}

/** x -> rows that predict -> xNorm. */
function normalise(pass: Pass, model: Model, { batch, x, buffers }: HeadRun): void {
  const all = buffers.window(0, batch.pairs);
  gatherRowsForward(pass, { x, row: batch.pairRow }, all.x);
  const saved = { x: all.x, gain: model.weights.norm, r: all.xScale };
  rmsnormForward(pass, saved, all.xNorm, { eps: model.config.rmsNormEps });
}

function eachChunk(
  { batch, buffers }: HeadRun,
  encode: (chunk: { start: number; count: number }) => void,
): void {
  const most = buffers.logits.shape[0]!;
  for (let start = 0; start < batch.pairs; start += most) {
    encode({ start, count: Math.min(most, batch.pairs - start) });
  }
}

/** xNorm -> logits -> lse, logp, entropy of one chunk. */
function predict(
  pass: Pass,
  model: Model,
  { run, start, count }: { run: HeadRun; start: number; count: number },
): { head: HeadTensors; blocks: readonly LogitBlock[]; token: Tensor } {
  const { batch, buffers, temperature } = run;
  const head = buffers.window(start, count);
  const blocks = logitBlocks(model, buffers.logits, count);
  const token = model.gpu.view(batch.pairTarget, { start, shape: [count] });
  const { state, lse, logp, entropy } = head;
  for (const { weight, logits, column } of blocks) {
    linearForward(pass, { x: head.xNorm, weight }, logits);
    logprobForward(pass, { token, state, lse }, { logits, logp, entropy }, { temperature, column });
  }
  return { head, blocks, token };
}

/** Some rows of the head's weight and the logits they make of a chunk. */
interface LogitBlock {
  /** `[cols, hidden]`. */
  readonly weight: Tensor;
  /** `[count, cols]`. */
  readonly logits: Tensor;
  /** First of the columns in the vocabulary. */
  readonly column: number;
}

/** Logits of a chunk of `count` predictions, the blocks one behind the other. */
function logitBlocks({ gpu, weights }: Model, logits: Tensor, count: number): LogitBlock[] {
  return rowBlocks(weights.head).map(({ tensor: weight, first: column }) => {
    const shape = [count, weight.shape[0]!];
    return { weight, logits: gpu.view(logits, { start: count * column, shape }), column };
  });
}
