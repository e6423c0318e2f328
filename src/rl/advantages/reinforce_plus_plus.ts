/**
 * REINFORCE++ with a group baseline, Hu et al. 2025 (arXiv:2501.03262).
 *
 *   B[i] = r[i] - mean(r)                 within the completions of one prompt
 *   A[i] = (B[i] - mean(B)) / std(B)      over all completions of the role
 *
 * @module
 */
import { drGrpo } from "./dr_grpo.ts";
import { normalizeBatch } from "./normalize_batch.ts";
import type { AdvantageEstimator } from "./types.ts";

/** Rewards less their group's mean, then z-scored over the whole batch. */
export const reinforcePlusPlus: AdvantageEstimator = (groups, baseline) => ({
  values: normalizeBatch(drGrpo(groups, baseline).values),
  baseline,
});
