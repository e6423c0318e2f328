/**
 * Formats that hold one JSON object a line.
 *
 * @module
 */
import type { z } from "zod";
import { readLines } from "../jsonl.ts";
import { convertJson, type ImportedRecord, type Refusal, type StandAloneBug } from "./record.ts";

/**
 * Converts each line of a file; a line that does not fit is a record that gives no bug. Empty lines are skipped.
 *
 * @throws {ConfigError} If the file cannot be opened.
 */
export async function* importLines<T>(
  path: string,
  schema: z.ZodType<T>,
  convert: (record: T) => StandAloneBug | Refusal,
): AsyncGenerator<ImportedRecord> {
  let number = 0;
  for await (const line of readLines(path)) {
    number++;
    if (line.trim() === "") continue;
    yield { place: `${path}:${number}`, outcome: convertJson(schema, line, convert) };
  }
}
