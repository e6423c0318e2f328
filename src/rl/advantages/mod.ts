/**
 * Advantage estimators, one a file, by the names that configuration uses.
 *
 * @module
 */
import { drGrpo } from "./dr_grpo.ts";
import { grpo } from "./grpo.ts";
import { rae } from "./rae.ts";
import { reinforcePlusPlus } from "./reinforce_plus_plus.ts";
import { rloo } from "./rloo.ts";
import type { AdvantageEstimator } from "./types.ts";

export * from "./dapo.ts";
export * from "./gdpo.ts";
export * from "./moments.ts";
export * from "./types.ts";
export { drGrpo, grpo, rae, reinforcePlusPlus, rloo };

/** Estimators that read a single reward. `gdpo` reads two and stands apart. */
export const ADVANTAGE_ESTIMATORS: Readonly<
  Record<"grpo" | "dr-grpo" | "rloo" | "reinforce++" | "rae", AdvantageEstimator>
> = {
  "grpo": grpo,
  "dr-grpo": drGrpo,
  "rloo": rloo,
  "reinforce++": reinforcePlusPlus,
  "rae": rae,
};
