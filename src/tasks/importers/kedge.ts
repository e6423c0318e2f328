/**
 * Kedge's own bug files, whose bugs must carry their tasks.
 *
 * @module
 */
import { importLines } from "./json_lines.ts";
import { type ImportedRecord, StandAloneBug } from "./record.ts";

/**
 * Reads a file of bugs; a bug without its task gives none.
 *
 * @throws {ConfigError} If the file cannot be opened.
 */
export function importKedge(path: string): AsyncGenerator<ImportedRecord> {
  return importLines(path, StandAloneBug, (bug) => bug);
}
