/**
 * What a workflow says: its result on stdout, everything else on stderr.
 *
 * @module
 */

/** A stream that takes bytes. */
export interface SyncWriter {
  /** Writes some of the bytes and says how many. */
  writeSync(bytes: Uint8Array): number;
}

/** Writes all of a text, however little the stream takes at a time. */
export function writeAll(stream: SyncWriter, text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}

/** Writes a line for the person who waits, on stderr. */
export function writeNote(line: string): void {
  writeAll(Deno.stderr, `${line.trimEnd()}\n`);
}

/** A result in both of its forms. */
export interface Result {
  /** What a script reads: written as one line if `json` is set. */
  readonly value: object;
  /** What a person reads: written otherwise. */
  readonly text: string;
}

/**
 * Writes a workflow's result as the last thing on stdout.
 *
 * @param result Its two forms.
 * @param json Whether the one-line JSON form is wanted.
 */
export function writeResult(result: Result, json: boolean): void {
  const text = json ? JSON.stringify(result.value) : result.text.trimEnd();
  writeAll(Deno.stdout, `${text}\n`);
}
