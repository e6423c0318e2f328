/**
 * How long a job trains: a number of rounds, or a budget of tokens over which the schedule of those rounds is spread.
 *
 * @module
 */
import type { TrainConfig } from "../config/mod.ts";

/** Tokens of completions: drawn from a policy, and learned from. */
export interface TokenCount {
  readonly sampled: number;
  readonly trained: number;
}

/** The part of a configuration that says how long. */
export type Length = Pick<TrainConfig, "steps" | "tokens">;

/** Tokens of both kinds together. */
export function spentTokens({ sampled, trained }: TokenCount): number {
  return sampled + trained;
}

/** Whether training ends after `rounds` rounds that cost `spent` tokens. */
export function isSpent({ steps, tokens }: Length, rounds: number, spent: TokenCount): boolean {
  return tokens > 0 ? spentTokens(spent) >= tokens : rounds >= steps;
}

/** Place on the schedule, in steps: the rounds so far, or the share of the budget that is spent. */
export function scheduleAt({ steps, tokens }: Length, rounds: number, spent: TokenCount): number {
  return tokens > 0 ? steps * Math.min(1, spentTokens(spent) / tokens) : rounds;
}

/** Whether a multiple of `every` lies in (from, to]; never where `every` is 0. */
export function crosses(every: number, from: number, to: number): boolean {
  return every > 0 && Math.floor(to / every) > Math.floor(from / every);
}

/**
 * Adds the tokens of a round's metrics.
 *
 * @param rounds Rounds before this one.
 * @throws {Error} If a budget is not touched by as many rounds as the schedule has: it would never be spent.
 */
export function addTokens(
  spent: TokenCount,
  metrics: Readonly<Record<string, unknown>>,
  { steps, tokens, rounds }: Length & { readonly rounds: number },
): TokenCount {
  const of = (key: string): number => Number(metrics[key] ?? 0);
  const sum = {
    sampled: spent.sampled + of("sampledTokens"),
    trained: spent.trained + of("trainedTokens"),
  };
  if (tokens > 0 && rounds + 1 >= steps && spentTokens(sum) === 0) {
    throw new Error(`Cannot spend ${tokens} tokens: ${rounds + 1} rounds took none`);
  }
  return sum;
}
