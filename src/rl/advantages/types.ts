/**
 * What all advantage estimators share.
 *
 * @module
 */

/** Rewards of one role in one round: one list a group, one number a completion. */
export type RewardGroups = readonly (readonly number[])[];

/** Advantages in the shape of the rewards, and the role's running baseline after them. */
export interface Advantages {
  /** One list a group, one number a completion. */
  readonly values: readonly (readonly number[])[];
  /** Exponential moving average of the role's reward; only `rae` uses and changes it. */
  readonly baseline: number;
}

/** Turns the rewards of one role into advantages. */
export type AdvantageEstimator = (groups: RewardGroups, baseline: number) => Advantages;

/** Standard deviation below which a set of rewards counts as constant and carries no signal. */
export const SMALLEST_STD = 1e-6;
