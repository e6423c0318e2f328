/**
 * Entry of the process that runs a candidate. It either answers call cases for the host, or serves the calls of a second
 * process that runs tests. It never learns what was expected.
 *
 * Runs inside a child process that has no permissions; see host.ts for what confines it.
 *
 * @module
 */
import { VirtualClock } from "./clock.ts";
import { describeError } from "./describe_error.ts";
import { decodeValue, type EncodedValue, encodeValue } from "../encoding.ts";
import { readLine, silence, writeLine } from "./line_io.ts";
import { loadCandidate, loadPlain } from "./load.ts";

interface CandidateMessage {
  readonly source: string;
  /** Whether the source is TypeScript. */
  readonly typed: boolean;
  /** Whether the source only computes (harmless.ts), so that little has to be prepared for it. */
  readonly plain?: boolean;
  /** Names to hand out; the first is the entry function. */
  readonly names: readonly string[];
  /** Arguments of each call; without them the process serves tests. */
  readonly calls?: readonly (readonly EncodedValue[])[];
}

const WAIT_MS = 5;
const MAX_WAITS = 20;
type AnyFunction = (...args: unknown[]) => unknown;

/** Waits for a promise while the clock jumps from timer to timer. */
async function settled(work: unknown, clock: VirtualClock): Promise<unknown> {
  if (typeof work !== "object" || work === null || !("then" in work)) return work;
  let done = false;
  const finish = () => void (done = true);
  const promise = Promise.resolve(work);
  promise.then(finish, finish);
  for (let waits = 0; !done;) {
    await clock.turn();
    if (done) break;
    if (clock.due) clock.runNext();
    else if (waits++ < MAX_WAITS) await clock.wait(WAIT_MS);
    else throw new Error("the promise never settled");
  }
  return await promise;
}

async function answerCall(entry: AnyFunction, args: readonly EncodedValue[], clock: VirtualClock) {
  try {
    return { value: encodeValue(await settled(entry(...args.map(decodeValue)), clock)) };
  } catch (error) {
    return { error: describeError(error) };
  }
}

/** Makes the realm one in which time passes at once and nothing is printed. */
function prepareRealm(clock: VirtualClock): void {
  clock.install();
  silence();
  globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
}

async function main(): Promise<void> {
  writeLine("ready");
  const message = readLine() as CandidateMessage | undefined;
  if (!message) return;
  const clock = new VirtualClock();
  if (!message.plain) prepareRealm(clock);
  const serving = message.calls ? undefined : await import("./serve.ts");
  let given: Record<string, unknown>;
  try {
    given = message.plain
      ? loadPlain(message.source, message.names)
      : await loadCandidate(message, message.names);
  } catch (error) {
    writeLine({ load: describeError(error) });
    return;
  }
  const entry = given[message.names[0] ?? ""];
  writeLine({ loaded: typeof entry });
  if (serving) return await serving.serveTests(given, clock);
  if (typeof entry !== "function") return;
  for (const args of message.calls ?? []) {
    writeLine(await answerCall(entry as AnyFunction, args, clock));
  }
}

await main();
Deno.exit(0);
