/**
 * How varied a set of mistakes is.
 *
 * @module
 */

/** Counts each name, most frequent first, equal counts by name. */
export function countNames(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

/** Shannon entropy in bits of the distribution that counts stand for; 0 if there are none. */
export function entropyOf(counts: Readonly<Record<string, number>>): number {
  const values = Object.values(counts).filter((count) => count > 0);
  const total = values.reduce((sum, count) => sum + count, 0);
  return values.reduce((sum, count) => sum - count / total * Math.log2(count / total), 0);
}
