/**
 * Seeded random streams.
 *
 * A stream is a pure function of its key, for example (seed, step, role, item): nothing has to be stored to resume,
 * and drawing more from one stream never disturbs another. The state function is SplitMix64's 32-bit relative
 * (Steele, Lea and Flood 2014; constants of Ellis's SplitMix32).
 *
 * @module
 */

/** A deterministic stream of random draws. */
export interface Rng {
  /** A number in [0, 1) with 32 random bits. */
  next(): number;
  /** An integer in [0, n). */
  int(n: number): number;
  /** One element of a non-empty list. */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** A standard normal draw (Box-Muller). */
  normal(): number;
  /** A stream of its own, a function of this stream's key and the given one; does not advance this one. */
  fork(...key: readonly (number | string)[]): Rng;
  /** A 32-bit unsigned integer, for a generator on the GPU. */
  seed32(): number;
}

/** Mixes a 32-bit word so that each input bit reaches every output bit. */
function mix32(word: number): number {
  let z = word >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** Folds a key part into a 32-bit state. */
function absorb(state: number, part: number | string): number {
  if (typeof part === "number" && Number.isInteger(part)) {
    const low = mix32(state + 0x9e3779b9 + (part >>> 0));
    return mix32(low ^ (Math.floor(part / 2 ** 32) >>> 0));
  }
  let hash = mix32(state ^ 0x85ebca6b);
  for (const char of String(part)) hash = mix32(hash + char.codePointAt(0)!);
  return hash;
}

/**
 * Opens the stream of a key.
 *
 * @param seed The run's seed.
 * @param key What the draws are for: any numbers and names, in order.
 */
export function rngStream(seed: number, ...key: readonly (number | string)[]): Rng {
  let state = key.reduce<number>(absorb, absorb(0x6b656467, seed));
  const origin = state;
  const bits = (): number => mix32(state = (state + 0x9e3779b9) >>> 0);
  const rng: Rng = {
    next: () => bits() / 2 ** 32,
    int: (n) => Math.floor(rng.next() * n),
    pick: (items) => items[rng.int(items.length)]!,
    shuffle: (items) => {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = rng.int(i + 1);
        [out[i], out[j]] = [out[j]!, out[i]!];
      }
      return out;
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next()),
    fork: (...parts) => rngStream(origin, "fork", ...parts),
    seed32: bits,
  };
  return rng;
}
