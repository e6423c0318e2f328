/**
 * Pretraining examples as token ids, and which of them a step trains on.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";

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

/** Examples with those of each level at hand. */
export interface ExamplePool {
  /** Examples whose level is at most 1, 2, 3. */
  readonly upTo: readonly (readonly EncodedExample[])[];
}

/** Sorts examples by level. */
export function poolExamples(examples: readonly EncodedExample[]): ExamplePool {
  return { upTo: [1, 2, 3].map((level) => examples.filter((example) => example.level <= level)) };
}

/** Highest level at a share of the run: 1, then 2 and 3 in equal parts of the curriculum (Bengio et al. 2009). */
export function levelAt(progress: number, curriculum: number): number {
  if (progress >= curriculum) return 3;
  return 1 + Math.floor(3 * progress / curriculum);
}

/**
 * The examples of one step, with replacement.
 *
 * @param count How many.
 * @param level Highest level; a pool without examples of it falls back to all.
 */
export function drawExamples(
  pool: ExamplePool,
  { count, level }: { count: number; level: number },
  rng: Rng,
): EncodedExample[] {
  const allowed = pool.upTo[level - 1]!;
  const examples = allowed.length > 0 ? allowed : pool.upTo[2]!;
  return Array.from({ length: count }, () => rng.pick(examples));
}
