/**
 * Entry of a child that answers call cases: loads one candidate, calls its entry function with each list of
 * arguments, and writes what came back. It never learns what was expected.
 *
 * Runs inside a child process that has no permissions; see host.ts for what confines it.
 *
 * @module
 */
import { decodeValue, type EncodedValue, encodeValue } from "../encoding.ts";
import { loadCandidate } from "./load.ts";
import { readLine, silence, writeLine } from "./line_io.ts";
import { describeError } from "./describe_error.ts";

interface CasesMessage {
  readonly source: string;
  /** Whether the source is TypeScript. */
  readonly typed: boolean;
  readonly entry: string;
  readonly calls: readonly (readonly EncodedValue[])[];
}

async function call(entry: (...args: unknown[]) => unknown, args: readonly EncodedValue[]) {
  try {
    return { value: encodeValue(await entry(...args.map(decodeValue))) };
  } catch (error) {
    return { error: describeError(error) };
  }
}

async function main(): Promise<void> {
  writeLine("ready");
  const message = readLine() as CasesMessage | undefined;
  if (!message) return;
  silence();
  let entry: unknown;
  try {
    const names = await loadCandidate(message, [message.entry]);
    entry = names[message.entry];
  } catch (error) {
    writeLine({ load: describeError(error) });
    return;
  }
  writeLine({ loaded: typeof entry });
  if (typeof entry !== "function") return;
  for (const args of message.calls) {
    writeLine(await call(entry as (...args: unknown[]) => unknown, args));
  }
}

await main();
Deno.exit(0);
