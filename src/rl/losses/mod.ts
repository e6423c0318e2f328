/**
 * Policy losses on the host, in float64: the specification of what the GPU computes.
 *
 * @module
 */
import { cispoLoss } from "./cispo.ts";
import { clipLoss } from "./clip.ts";
import { gspoLoss } from "./gspo.ts";
import type { PolicyLoss } from "./types.ts";

export * from "./kl.ts";
export * from "./types.ts";
export { cispoLoss, clipLoss, gspoLoss };

/** Losses by the names that configuration uses. */
export const POLICY_LOSSES: Readonly<Record<"clip" | "gspo" | "cispo", PolicyLoss>> = {
  clip: clipLoss,
  gspo: gspoLoss,
  cispo: cispoLoss,
};
