/**
 * Estimators of the divergence from a frozen reference policy, from one sampled token: Schulman 2020, "Approximating KL
 * divergence". With d = logp - referenceLogp:
 *
 *   k1 = d                    unbiased, signed
 *   k2 = d^2 / 2              biased, positive
 *   k3 = exp(-d) - 1 + d      unbiased, positive
 *
 * @module
 */

/** Names of the estimators. */
export type KlForm = "k1" | "k2" | "k3";

/** An estimate of one token's divergence. */
export interface KlEstimate {
  /** The estimate, in nats. */
  readonly value: number;
  /** Its derivative by the policy's log-probability. */
  readonly dlogp: number;
}

/**
 * Estimates the divergence at one token.
 *
 * @param form Which estimator.
 * @param logp Log-probability of the token under the policy.
 * @param referenceLogp Log-probability of the token under the frozen reference.
 */
export function klEstimate(form: KlForm, logp: number, referenceLogp: number): KlEstimate {
  const d = logp - referenceLogp;
  switch (form) {
    case "k1":
      return { value: d, dlogp: 1 };
    case "k2":
      return { value: d * d / 2, dlogp: d };
    case "k3":
      return { value: Math.exp(-d) - 1 + d, dlogp: 1 - Math.exp(-d) };
  }
}
