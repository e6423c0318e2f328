/**
 * Blocking line input and output of a child process: one JSON value a line, in on stdin, out on stdout.
 *
 * Runs inside the children. Reading blocks the whole process on purpose: a call into the other process returns as a
 * plain synchronous call does.
 *
 * @module
 */

const { parse, stringify } = JSON;
const stdin = Deno.stdin;
const stdout = Deno.stdout;
const read = stdin.readSync.bind(stdin);
const write = stdout.writeSync.bind(stdout);
const decoder = new TextDecoder();
const decode = decoder.decode.bind(decoder);
const encoder = new TextEncoder();
const encode = encoder.encode.bind(encoder);
const NEWLINE = 10;

let pending: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** Blocks until a whole line has come and reads its JSON; `undefined` at the end of the input. */
export function readLine(): unknown {
  const text = readText();
  return text === undefined ? undefined : parse(text);
}

/** Blocks until a whole line has come; `undefined` at the end of the input. */
export function readText(): string | undefined {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let chunk = pending;
  for (;;) {
    const end = chunk.indexOf(NEWLINE);
    if (end >= 0) {
      chunks.push(chunk.subarray(0, end));
      pending = chunk.subarray(end + 1);
      return decode(concat(chunks));
    }
    chunks.push(chunk);
    const buffer = new Uint8Array(65536);
    const count = read(buffer);
    if (count === null) return undefined;
    chunk = buffer.subarray(0, count);
  }
}

/** Writes one JSON value as a line. */
export function writeLine(value: unknown): void {
  writeText(stringify(value) + "\n");
}

/** Writes one JSON value as a line for the host, which passes all other lines of a tests' process to the candidate. */
export function writeReport(value: unknown): void {
  writeText(`!${stringify(value)}\n`);
}

/** Writes text as it is. */
export function writeText(text: string): void {
  let bytes = encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(write(bytes));
}

/** Makes the candidate's own printing silent, so that it cannot end up between the answers by accident. */
export function silence(): void {
  const nothing = () => {};
  const printer = globalThis["console"] as unknown as Record<string, unknown>;
  for (const name of Object.keys(printer)) {
    if (typeof printer[name] === "function") printer[name] = nothing;
  }
  const swallow = (bytes: Uint8Array) => bytes.length;
  for (const stream of [Deno.stdout, Deno.stderr]) {
    Object.assign(stream, {
      writeSync: swallow,
      write: (b: Uint8Array) => Promise.resolve(b.length),
    });
  }
  Object.assign(Deno.stdin, { readSync: () => null, read: () => Promise.resolve(null) });
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
