/**
 * Results of many bugs in few bytes: by source, a digit a bug.
 *
 * @module
 */
import { z } from "zod";
import type { ItemResult } from "../evaluate.ts";

const PackedSource = z.strictObject({
  /** Positions of the bugs' tasks in `tasks`. */
  tasks: z.array(z.int().min(0)),
  /** 1 for a bug that the model repaired greedily before training, else 0. */
  before: z.string().regex(/^[01]*$/),
  /** The same after training. */
  after: z.string().regex(/^[01]*$/),
  /** Sampled repairs that pass, a digit in base 36 a bug. */
  sampled: z.string().regex(/^[0-9a-z]*$/).optional(),
});

/** Results by source. */
export const Packed = z.strictObject({
  /** Ids of all tasks. */
  tasks: z.array(z.string()),
  sources: z.record(z.string(), PackedSource),
});

/** Results by source. */
export type Packed = z.output<typeof Packed>;

/**
 * Packs results of the same bugs in one order.
 *
 * @param results Greedy results before and after, and sampled ones where there are any.
 */
export function packResults(results: {
  readonly before: readonly ItemResult[];
  readonly after: readonly ItemResult[];
  readonly sampled?: readonly ItemResult[];
}): Packed {
  const { before, after, sampled } = results;
  const tasks = [...new Set(before.map(({ taskId }) => taskId))];
  const place = new Map(tasks.map((task, i) => [task, i]));
  const bySource = Map.groupBy(before.keys(), (i) => before[i]!.source);
  const digits = (of: readonly ItemResult[], items: readonly number[]): string =>
    items.map((i) => of[i]!.passed.toString(36)).join("");
  const sources = [...bySource].sort(([a], [b]) => a < b ? -1 : 1).map(([source, items]) => [
    source,
    {
      tasks: items.map((i) => place.get(before[i]!.taskId)!),
      before: digits(before, items),
      after: digits(after, items),
      ...(sampled && { sampled: digits(sampled, items) }),
    },
  ]);
  return { tasks, sources: Object.fromEntries(sources) };
}

/** The numbers of a text of digits in base 36. */
export function digitsOf(text: string): number[] {
  return [...text].map((digit) => parseInt(digit, 36));
}
