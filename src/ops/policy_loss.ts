/**
 * Per-token losses and their gradients with respect to the token's log-probability.
 *
 * Clipping: Schulman et al. 2017 (arXiv:1707.06347), equation 7, with the two bounds of Yu et al. 2025
 * (arXiv:2503.14476), equation 8. Dual clip: Ye et al. 2020 (arXiv:1912.09729), equation 5. Penalty: estimator k3 as in
 * Shao et al. 2024 (arXiv:2402.03300), equation 4. Advantages and weights are the caller's.
 *
 * @module
 */
import source from "../../kernels/policy_loss.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";

const kernel = defineKernel("policy_loss", source);
const WG = 64;

/** What {@linkcode policyLoss} reads, each `[rows]`. */
export interface PolicyLossInput {
  /** Log-probabilities under the policy being trained. */
  logp: Tensor;
  /** Log-probabilities under the policy that sampled. */
  old: Tensor;
  /** Advantages. */
  advantage: Tensor;
  /** Weights of the rows in the loss. */
  weight: Tensor;
  /** Log-probabilities under the reference policy; needed only where `kl` is not 0. */
  reference?: Tensor;
}

/** Constants of the loss. */
export interface PolicyLossOptions {
  /** The ratio is clipped from below at 1 - low. */
  low: number;
  /** The ratio is clipped from above at 1 + high. */
  high: number;
  /** For negative advantages the surrogate is at least `dual` times the advantage; 0 is off. */
  dual?: number;
  /** Weight of the penalty towards the reference. */
  kl?: number;
}

/**
 * Encodes the clipped policy loss of each row and its gradient.
 *
 * @param out `g` = dloss/dlogp `[rows]` and `terms` `[rows, 4]` = (loss, ratio, 1 if clipped, penalty), overwritten.
 * @throws {ShapeError} If a shape disagrees with `logp`.
 * @throws {TypeError} If `kl` is not 0 and there is no reference.
 */
export function policyLoss(
  pass: Pass,
  input: PolicyLossInput,
  out: { g: Tensor; terms: Tensor },
  { low, high, dual = 0, kl = 0 }: PolicyLossOptions,
): void {
  const { logp, old, advantage, weight } = input;
  const { g, terms } = out;
  if (kl !== 0 && !input.reference) {
    throw new TypeError(`Cannot encode the policy loss: kl is ${kl}, expected a reference`);
  }
  const reference = input.reference ?? logp;
  const [rows] = logp.shape as [number];
  for (const [name, tensor] of Object.entries({ old, reference, advantage, weight, g })) {
    expectShape(`policy_loss ${name}`, tensor, [rows]);
  }
  expectShape("policy_loss terms", terms, [rows, 4]);
  pass.dispatch(kernel, {
    entryPoint: "clipped",
    overrides: { WG },
    params: { rows, low, high, dual, kl },
    bind: { logp, old, reference, advantage, weight, g, terms },
    workgroups: Math.ceil(rows / WG),
  });
}

/**
 * Encodes the weighted negative log-likelihood of each row and its gradient, g = -weight.
 *
 * @param input `logp` and `weight`, `[rows]`.
 * @param out As of {@linkcode policyLoss}, with ratio 1 and nothing clipped.
 * @throws {ShapeError} If a shape disagrees with `logp`.
 */
export function likelihoodLoss(
  pass: Pass,
  input: { logp: Tensor; weight: Tensor },
  out: { g: Tensor; terms: Tensor },
): void {
  const { logp, weight } = input;
  const { g, terms } = out;
  const [rows] = logp.shape as [number];
  expectShape("likelihood weight", weight, [rows]);
  expectShape("likelihood g", g, [rows]);
  expectShape("likelihood terms", terms, [rows, 4]);
  pass.dispatch(kernel, {
    entryPoint: "likelihood",
    overrides: { WG },
    params: { rows, low: 0, high: 0, dual: 0, kl: 0 },
    bind: { logp, weight, g, terms },
    workgroups: Math.ceil(rows / WG),
  });
}
