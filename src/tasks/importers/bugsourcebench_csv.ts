/**
 * BugSourceBench (arXiv:2607.03523): a CSV file of Python tasks with `unittest` suites, whose programs are function
 * bodies under a common head (`code_prompt`: imports and signature).
 *
 * The published files hold one source each and do not name it; `--source` does. A column `source` goes before it.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { CsvError, parse } from "csv-parse";
import { z } from "zod";
import { ConfigError } from "../../base/mod.ts";
import {
  convertRecord,
  type ImportDefaults,
  type ImportedRecord,
  ImportReason,
  type Refusal,
  refuse,
  type StandAloneBug,
} from "./record.ts";

const BenchRow = z.object({
  task_id: z.string().min(1),
  instruct_prompt: z.string().min(1),
  buggy: z.string().min(1),
  canonical_solution: z.string().min(1),
  test: z.string().min(1),
  code_prompt: z.string(),
  entry_point: z.string().min(1),
  source: z.string().optional(),
});
type BenchRow = z.output<typeof BenchRow>;

/** A record, the number of lines read up to its end, and whether it has the wrong number of fields. */
interface ParsedRow {
  readonly record: unknown;
  readonly info: { readonly lines: number; readonly error?: Error };
}

/**
 * Reads a CSV file of BugSourceBench; quoted fields may hold line ends.
 *
 * @throws {ConfigError} If the file cannot be opened or is not CSV; the message names the line.
 */
export async function* importBugSourceBenchCsv(
  path: string,
  defaults: ImportDefaults,
): AsyncGenerator<ImportedRecord> {
  const rows = parse({ columns: true, bom: true, info: true, relax_column_count: true });
  const input = createReadStream(path);
  input.on("error", (error) => rows.destroy(error));
  let line = 2; // below the header
  try {
    for await (const { record, info } of input.pipe(rows) as AsyncIterable<ParsedRow>) {
      const outcome = info.error
        ? refuse(ImportReason.MALFORMED, info.error.message)
        : convertRecord(BenchRow, record, (row) => toBug(row, defaults));
      yield { place: `${path}:${line}`, outcome };
      line = info.lines + 1;
    }
  } catch (cause) {
    const where = cause instanceof CsvError ? `${path}:${line}` : path;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`Cannot read ${where}: ${why}`, { cause });
  }
}

function toBug(row: BenchRow, defaults: ImportDefaults): StandAloneBug | Refusal {
  const source = row.source || defaults.source;
  if (!source) return refuse(ImportReason.MALFORMED, "expected a column source, or --source");
  const origin = "BugSourceBench";
  const license = defaults.license || "unknown";
  return {
    id: `${row.task_id}/${source}`,
    taskId: row.task_id,
    source,
    origin,
    license,
    buggy: programOf(row, row.buggy),
    task: {
      id: row.task_id,
      origin,
      license,
      language: "py",
      entry: row.entry_point,
      problem: row.instruct_prompt,
      solution: programOf(row, row.canonical_solution),
      tests: { kind: "suite", text: row.test },
    },
  };
}

/** A body goes under the head; a text that defines the entry itself is a whole program. */
function programOf({ code_prompt: head, entry_point: entry }: BenchRow, body: string): string {
  const whole = new RegExp(`^(async )?def ${entry}\\b`, "m").test(body);
  return whole ? body : `${head.trimEnd()}\n${body}`;
}
