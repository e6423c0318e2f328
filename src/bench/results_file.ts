/**
 * Saved results of evaluations: what became of every bug, one JSON object a line.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "../base/mod.ts";
import { readJsonl } from "../tasks/mod.ts";
import type { ItemResult } from "./evaluate.ts";

/** A line of a results file. */
export const SavedResult = z.strictObject({
  id: z.string(),
  taskId: z.string(),
  source: z.string(),
  attempts: z.int().min(1),
  passed: z.int().min(0),
  visible: z.int().min(0),
  changedLines: z.number().optional(),
  truncated: z.int().min(1).optional(),
  verbatim: z.int().min(1).optional(),
});

/**
 * Reads what `eval --out` wrote.
 *
 * @throws {ConfigError} If the file cannot be read, holds nothing, or a line does not fit.
 */
export async function readResults(path: string): Promise<ItemResult[]> {
  const lines = await Array.fromAsync(readJsonl(path, SavedResult));
  if (lines.length === 0) throw new ConfigError(`Cannot use ${path}: expected results of bugs`);
  return lines.map(asResult);
}

/** A parsed line as a result, without the fields it does not have. */
export function asResult(
  { changedLines, truncated, verbatim, ...rest }: z.output<typeof SavedResult>,
): ItemResult {
  return {
    ...rest,
    ...(changedLines !== undefined && { changedLines }),
    ...(truncated !== undefined && { truncated }),
    ...(verbatim !== undefined && { verbatim }),
  };
}
