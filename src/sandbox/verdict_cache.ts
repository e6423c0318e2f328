/**
 * Verdicts by the hash of what was judged.
 *
 * @module
 */
import type { Verdict } from "./types.ts";

/** Keeps the most recently used verdicts. */
export class VerdictCache {
  readonly #entries = new Map<string, Verdict>();
  readonly #capacity: number;
  /** Look-ups that found a verdict. */
  hits = 0;
  /** Look-ups that did not. */
  misses = 0;

  /** Keeps at most `capacity` verdicts. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The verdict of a key, if it is known. */
  get(key: string): Verdict | undefined {
    const verdict = this.#entries.get(key);
    if (!verdict) {
      this.misses++;
      return undefined;
    }
    this.hits++;
    this.#entries.delete(key);
    this.#entries.set(key, verdict);
    return verdict;
  }

  /** Remembers a verdict, forgetting the one that was not used for longest. */
  set(key: string, verdict: Verdict): void {
    this.#entries.set(key, verdict);
    if (this.#entries.size > this.#capacity) {
      this.#entries.delete(this.#entries.keys().next().value!);
    }
  }
}
