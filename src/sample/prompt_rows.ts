/**
 * Rows of the cache that no prompt occupies, as ranges in order.
 *
 * @module
 */

/** Rows `[start, end)`. */
export type RowRange = readonly [start: number, end: number];

/**
 * Takes rows from the first range that has enough.
 *
 * @param free In order, none touching the next.
 * @returns What was taken and what stays free, or undefined if no range is long enough.
 */
export function takeRows(
  free: readonly RowRange[],
  count: number,
): [taken: RowRange, free: RowRange[]] | undefined {
  if (count === 0) return [[0, 0], [...free]];
  const at = free.findIndex(([start, end]) => end - start >= count);
  if (at < 0) return undefined;
  const [start, end] = free[at]!;
  const rest: RowRange[] = start + count < end ? [[start + count, end]] : [];
  return [[start, start + count], free.toSpliced(at, 1, ...rest)];
}

/** Gives rows back, joined with their neighbours. */
export function returnRows(free: readonly RowRange[], [start, end]: RowRange): RowRange[] {
  if (start === end) return [...free];
  const before = free.filter((range) => range[1] <= start);
  const after = free.filter((range) => range[0] >= end);
  const low = before.at(-1)?.[1] === start ? before.pop()![0] : start;
  const high = after[0]?.[0] === end ? after.shift()![1] : end;
  return [...before, [low, high], ...after];
}
