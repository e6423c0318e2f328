/**
 * What a round leaves for the update: sampled completions with their rewards, grouped by prompt.
 *
 * @module
 */

/** The two roles that one policy plays. */
export type Role = "generator" | "fixer";

/** Both roles. */
export const ROLES: readonly Role[] = ["generator", "fixer"];

/** One sampled completion and what it earned. */
export interface Episode {
  /** Token ids, at least one, the end token included where the policy reached it. */
  readonly tokens: readonly number[];
  /**
   * Log-probability of each token under the temperature-scaled distribution it was sampled from, `[tokens]`. Absent for
   * text that was not sampled: the update then takes the policy's own, so that the ratio is 1.
   */
  readonly logprobs?: ArrayLike<number>;
  /** The reward that advantages are taken of. */
  readonly reward: number;
  /** What the completion earned by its content alone, where the reward also depends on its form; else the reward. */
  readonly outcome?: number;
  /** The anchor's reward, where the completion has one; only `gdpo` reads it. */
  readonly similarity?: number;
}

/** The completions of one prompt. */
export interface EpisodeGroup {
  /** Who wrote the completions. */
  readonly role: Role;
  /** Unique within the role and the round. */
  readonly id: string;
  /** Token ids, stored once for all completions. */
  readonly prompt: readonly number[];
  /** The completions. */
  readonly episodes: readonly Episode[];
}

/** A group as the update reads it. */
export interface WeightedGroup {
  /** Who wrote the completions. */
  readonly role: Role;
  /** As in the episode group. */
  readonly id: string;
  /** Token ids. */
  readonly prompt: readonly number[];
  /** Token ids of each completion. */
  readonly completions: readonly (readonly number[])[];
  /** Log-probabilities of each completion when sampled; absent for text that was not sampled. */
  readonly oldLogprobs: readonly (ArrayLike<number> | undefined)[];
  /** Advantage of every token of each completion. */
  readonly advantages: readonly number[];
  /** Factor of every token's loss, each completion; the mini-batch's loss is the weighted sum over tokens. */
  readonly tokenWeights: readonly number[];
  /** Another factor of each token of each completion, where rollouts are corrected for their age. */
  readonly importance?: readonly ArrayLike<number>[];
}

/** Whether all completions of a group were sampled, so that each has log-probabilities to be compared with. */
export function isSampled({ oldLogprobs }: WeightedGroup): boolean {
  return oldLogprobs.every((logprobs) => logprobs !== undefined);
}

/** Running mean of each role's reward, for estimators that keep one. */
export type Baselines = Readonly<Record<Role, number>>;
