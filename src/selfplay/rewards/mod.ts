/**
 * The generator's base rewards by name, and the penalty for an invalid bug.
 *
 * @module
 */
import { azrReward } from "./azr.ts";
import { bandReward } from "./band.ts";
import { spiceReward } from "./spice.ts";
import { ssrReward } from "./ssr.ts";

export { azrReward, bandReward, spiceReward, ssrReward };

/** Reward of a valid bug by the share of its repairs that passed. */
export const GENERATOR_REWARDS: Readonly<
  Record<"band" | "ssr" | "azr" | "spice", (rho: number) => number>
> = {
  band: bandReward,
  ssr: ssrReward,
  azr: azrReward,
  spice: spiceReward,
};

/** Valid rate under which invalid bugs are no longer punished. */
const LOWEST_VALID_RATE = 0.2;

/**
 * Reward of an invalid bug: -1, or 0 in a round in which under 20 % are valid, where punishing nearly every attempt
 * would teach nothing but to differ.
 */
export function invalidReward(validRate: number): number {
  return validRate < LOWEST_VALID_RATE ? 0 : -1;
}
