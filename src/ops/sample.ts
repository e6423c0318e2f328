/**
 * Drawing the next token of every sequence on the device.
 *
 * Gumbel-max sampling with a counter-based generator: a draw is a function of (seed, stream, number of tokens so far)
 * and of the logits, so it does not depend on what else is in the batch. Top-k: Fan et al. 2018 (arXiv:1805.04833);
 * top-p: Holtzman et al. 2020 (arXiv:1904.09751). Tokens that tie with the last one kept are kept.
 *
 * @module
 */
import source from "../../kernels/sample.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("sample", source);

/** What a draw reads. */
export interface SampleInput {
  /** Scores of the next token, `[batch, vocab]`. */
  logits: Tensor;
  /** Random stream of each sequence, u32 `[batch]`; two sequences of one stream and equal logits draw alike. */
  stream: Tensor;
  /** Tokens that end a sequence, u32 `[stops]`. */
  stop: Tensor;
}

/** The sequences under way; all but `logps` u32. */
export interface SampleState {
  /** 1 where a sequence has ended, `[batch]`. */
  finished: Tensor;
  /** Number of tokens drawn, `[batch]`. */
  length: Tensor;
  /** Tokens drawn, `[batch, limit]`; the one that ended the sequence is the last. */
  tokens: Tensor;
  /** Their log-probabilities under the distribution they were drawn from, `[batch, limit]`. */
  logps: Tensor;
  /** The latest token, input of the next decoding step, `[batch]`. */
  next: Tensor;
}

/** The distribution that is drawn from. */
export interface SampleOptions {
  /** The run's random seed, u32. */
  seed: number;
  /** Divides the logits; 0 takes the most likely token, with its log-probability at temperature 1. */
  temperature: number;
  /** Only this many of the most likely tokens can be drawn; 0 is all. */
  topK?: number;
  /** Only the fewest most likely tokens that together have this probability can be drawn; 1 is all. */
  topP?: number;
  /** Invocations per workgroup, a power of two. */
  workgroup?: number;
}

/**
 * Encodes one draw for every sequence that is not finished; finished ones keep all they have.
 *
 * @param state Changed in place.
 * @throws {ShapeError} If a shape disagrees with `logits` or `tokens`.
 * @throws {RangeError} If the distribution is not one.
 */
export function sample(
  pass: Pass,
  input: SampleInput,
  state: SampleState,
  { seed, temperature, topK = 0, topP = 1, workgroup = rowWorkgroup(pass.adapter) }: SampleOptions,
): void {
  const { logits, stream, stop } = input;
  const { finished, length, tokens, logps, next } = state;
  const [batch, vocab] = logits.shape as [number, number];
  const limit = tokens.shape[1]!;
  if (!(temperature >= 0 && topK >= 0 && topP > 0)) {
    throw new RangeError(
      `Cannot sample: expected temperature >= 0, topK >= 0 and topP > 0, found ${temperature}, ${topK} and ${topP}`,
    );
  }
  for (const [name, tensor] of Object.entries({ stream, finished, length, next })) {
    expectShape(`sample ${name}`, tensor, [batch]);
  }
  expectShape("sample tokens", tokens, [batch, limit]);
  expectShape("sample logps", logps, [batch, limit]);
  const [top, stops] = [topK === 0 ? vocab : topK, stop.shape[0]!];
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG: workgroup },
    params: { batch, vocab, limit, stops, seed, top, share: topP, temperature },
    bind: { logits, stream, stop, finished, length, tokens, logps, next },
    workgroups: batch,
  });
}
