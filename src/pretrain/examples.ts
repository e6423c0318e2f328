/**
 * Pretraining examples as token ids, and which of them a step trains on.
 *
 * @module
 */
import { ConfigError, type Rng } from "../base/mod.ts";

/** A prompt with its answer. */
export interface EncodedExample {
  /** What is asked: `solve`, `fix` or `break`. */
  readonly role: string;
  /** Difficulty from 1 to 3. */
  readonly level: number;
  /** Token ids of the prompt, at least one. */
  readonly prompt: readonly number[];
  /** Token ids of the answer, the end token included. */
  readonly answer: readonly number[];
  /** Of a `break` example: where its answer first departs from the program shown. */
  readonly changeAt?: number;
}

/** The examples of one role, those of each level at hand. */
export interface RolePool {
  /** Examples whose level is at most 1, 2, 3. */
  readonly upTo: readonly (readonly EncodedExample[])[];
  /** Chance that a draw is of this role. */
  readonly share: number;
}

/** Chances of the roles; they need not add up to 1. */
export type RoleShares = Readonly<Record<string, number>>;

/**
 * Sorts examples by role and level.
 *
 * @throws {ConfigError} If no example has a role with a share above 0.
 */
export function poolExamples(
  examples: readonly EncodedExample[],
  shares: RoleShares,
): RolePool[] {
  const byRole = Map.groupBy(examples, ({ role }) => role);
  const wanted = [...byRole].filter(([role]) => (shares[role] ?? 0) > 0);
  const total = wanted.reduce((sum, [role]) => sum + shares[role]!, 0);
  if (total === 0) {
    throw new ConfigError("Cannot draw examples: none has a role with a share above 0");
  }
  return wanted.map(([role, own]) => ({
    upTo: [1, 2, 3].map((level) => own.filter((example) => example.level <= level)),
    share: shares[role]! / total,
  }));
}

/** Highest level at a share of the run: 1, then 2 and 3 in equal parts of the curriculum (Bengio et al. 2009). */
export function levelAt(progress: number, curriculum: number): number {
  if (progress >= curriculum) return 3;
  return 1 + Math.floor(3 * progress / curriculum);
}

/**
 * The examples of one step, with replacement: first the role by its share, then one of its examples.
 *
 * @param count How many.
 * @param level Highest level; a role without examples of it falls back to all of its own.
 */
export function drawExamples(
  pools: readonly RolePool[],
  { count, level }: { count: number; level: number },
  rng: Rng,
): EncodedExample[] {
  return Array.from({ length: count }, () => {
    let rest = rng.next();
    const { upTo } = pools.find(({ share }) => (rest -= share) < 0) ?? pools.at(-1)!;
    const allowed = upTo[level - 1]!;
    return rng.pick(allowed.length > 0 ? allowed : upTo[2]!);
  });
}
