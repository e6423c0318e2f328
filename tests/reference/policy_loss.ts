/**
 * Float64 reference of policy_loss.
 *
 * @module
 */

/** One row's inputs. */
export interface PolicyRow {
  /** Log-probability under the policy being trained. */
  logp: number;
  /** Log-probability under the policy that sampled. */
  old: number;
  /** Log-probability under the reference policy. */
  reference: number;
  /** Advantage. */
  advantage: number;
  /** Weight in the loss. */
  weight: number;
}

/** Constants of the loss. */
export interface PolicyConstants {
  /** The ratio is clipped from below at 1 - low. */
  low: number;
  /** The ratio is clipped from above at 1 + high. */
  high: number;
  /** Bound for negative advantages, 0 is off. */
  dual: number;
  /** Weight of the penalty. */
  kl: number;
}

/** loss = weight * (kl * penalty - surrogate), g = dloss/dlogp. */
export function policyLoss(
  row: PolicyRow,
  { low, high, dual, kl }: PolicyConstants,
): { loss: number; g: number; ratio: number; clipped: number; penalty: number } {
  const { logp, old, reference, advantage, weight } = row;
  const ratio = Math.exp(logp - old);
  const free = ratio * advantage;
  let surrogate = Math.min(free, Math.min(Math.max(ratio, 1 - low), 1 + high) * advantage);
  if (advantage < 0 && dual > 0) surrogate = Math.max(surrogate, dual * advantage);
  const away = reference - logp;
  const penalty = Math.exp(away) - away - 1;
  const clipped = surrogate === free ? 0 : 1;
  return {
    loss: weight * (kl * penalty - surrogate),
    g: weight * (kl * (1 - Math.exp(away)) - (clipped ? 0 : free)),
    ratio,
    clipped,
    penalty,
  };
}
