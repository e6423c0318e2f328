/**
 * Log-probability of one token per row under the temperature-scaled softmax of its logits.
 *
 * The vocabulary may be handed over in chunks of columns, so that the logits of a whole batch never exist at once: the
 * forward pass carries a running state, the backward pass treats every chunk by itself.
 *
 * @module
 */
import source from "../../kernels/logprob.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";
import { rowWorkgroup } from "./grid.ts";

const kernel = defineKernel("logprob", source);

/** What the forward pass reads and leaves behind for the backward pass. */
export interface LogprobSaved {
  /** Token asked about, u32 `[rows]`. */
  token: Tensor;
  /** Running (max, sum, weighted sum, score of the token), `[rows, 4]`. */
  state: Tensor;
  /** Log-sum-exp of the row's scores, `[rows]`. */
  lse: Tensor;
}

/** Which part of the vocabulary, and how it is scaled. */
export interface LogprobOptions {
  /** Divides the logits; above 0. */
  temperature?: number;
  /** First column of this chunk in the vocabulary; chunks come from left to right. */
  column?: number;
  /** Invocations per workgroup, a power of two. */
  workgroup?: number;
}

/**
 * Encodes logp, entropy and lse of the columns seen so far: of the whole row after the last chunk.
 *
 * @param saved `token` is read, `state` and `lse` are written (and `state` continued where `column` is not 0).
 * @param scores `logits` `[rows, cols]` is read; `logp` and `entropy` `[rows]`, in nats, are written.
 * @throws {ShapeError} If a shape disagrees with `logits`.
 */
export function logprobForward(
  pass: Pass,
  saved: LogprobSaved,
  scores: { logits: Tensor; logp: Tensor; entropy: Tensor },
  { temperature = 1, column = 0, workgroup = rowWorkgroup(pass.adapter) }: LogprobOptions = {},
): void {
  const { token, state, lse } = saved;
  const { logits, logp, entropy } = scores;
  const [rows, cols] = logits.shape as [number, number];
  expectShape("logprob state", state, [rows, 4]);
  for (const [name, tensor] of Object.entries({ token, lse, logp, entropy })) {
    expectShape(`logprob ${name}`, tensor, [rows]);
  }
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG: workgroup },
    params: { rows, cols, column, temperature },
    bind: { logits, token, state, lse, logp, entropy },
    workgroups: rows,
  });
}

/**
 * Encodes dlogits = g * (onehot(token) - softmax) / temperature in place of the logits.
 *
 * @param saved As left by {@linkcode logprobForward} after the last chunk.
 * @param grads `g` = dL/dlogp `[rows]` is read; `logits` `[rows, cols]` becomes its own gradient.
 * @throws {ShapeError} If a shape disagrees with `logits`.
 */
export function logprobBackward(
  pass: Pass,
  saved: Pick<LogprobSaved, "token" | "lse">,
  grads: { g: Tensor; logits: Tensor },
  { temperature = 1, column = 0, workgroup = rowWorkgroup(pass.adapter) }: LogprobOptions = {},
): void {
  const { token, lse } = saved;
  const { g, logits } = grads;
  const [rows, cols] = logits.shape as [number, number];
  for (const [name, tensor] of Object.entries({ token, lse, g })) {
    expectShape(`logprob ${name}`, tensor, [rows]);
  }
  pass.dispatch(kernel, {
    entryPoint: "backward_dlogits",
    overrides: { WG: workgroup },
    params: { rows, cols, column, temperature },
    bind: { logits, token, lse, g },
    workgroups: rows,
  });
}
