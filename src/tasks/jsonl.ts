/**
 * JSON Lines files of tasks and bugs: reading with errors that name file and line, and writing as text.
 *
 * Files are streamed, one record in memory at a time. Nothing is written to disk here; callers hand the text to `run/`.
 *
 * @module
 */
import type { z } from "zod";
import { ConfigError } from "../base/mod.ts";
import { Bug, Task } from "./types.ts";

/**
 * The lines of a text file, without line ends.
 *
 * @throws {ConfigError} If the file cannot be opened.
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`Cannot read ${path}: ${why}`, { cause });
  }
  let rest = "";
  for await (const chunk of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  yield rest;
}

function parseLine<T>(schema: z.ZodType<T>, line: string, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new ConfigError(`Cannot read ${where}: expected one JSON object, ${String(cause)}`, {
      cause,
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = issue.path.join(".") || "record";
  throw new ConfigError(`Cannot read ${where}: field "${field}": ${issue.message}`);
}

/**
 * Reads a JSON Lines file record by record. Empty lines are skipped.
 *
 * @param path The file.
 * @param schema What each line must hold.
 * @throws {ConfigError} If the file cannot be opened or a line does not fit; the message names `file:line`.
 */
export async function* readJsonl<T>(path: string, schema: z.ZodType<T>): AsyncGenerator<T> {
  let number = 0;
  for await (const line of readLines(path)) {
    number++;
    if (line.trim() !== "") yield parseLine(schema, line, `${path}:${number}`);
  }
}

async function readUnique<T extends { id: string }>(
  path: string,
  schema: z.ZodType<T>,
): Promise<T[]> {
  const records: T[] = [];
  const seen = new Set<string>();
  for await (const record of readJsonl(path, schema)) {
    if (seen.has(record.id)) {
      throw new ConfigError(`Cannot read ${path}: id "${record.id}" stands there twice`);
    }
    seen.add(record.id);
    records.push(record);
  }
  return records;
}

/**
 * Reads a file of tasks.
 *
 * @throws {ConfigError} If the file cannot be opened, a line does not fit, or an id repeats.
 */
export function readTasks(path: string): Promise<Task[]> {
  return readUnique(path, Task);
}

/**
 * Reads a file of bugs.
 *
 * @throws {ConfigError} If the file cannot be opened, a line does not fit, or an id repeats.
 */
export function readBugs(path: string): Promise<Bug[]> {
  return readUnique(path, Bug);
}

/** Records as JSON Lines text, one a line, ending in a line end. */
export function toJsonl(records: readonly unknown[]): string {
  return records.map((record) => JSON.stringify(record) + "\n").join("");
}
