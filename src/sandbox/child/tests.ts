/**
 * Entry of the process that runs tests: evaluates the test text, runs each test, and reports results to the host.
 *
 * The candidate lives in another process; its names are stand-ins here (heap.ts). Runs inside a child process that has
 * no permissions.
 *
 * @module
 */
import { assertionGlobals } from "./assertions.ts";
import { VirtualClock } from "./clock.ts";
import { describeError } from "./describe_error.ts";
import { makeExpect } from "./expect.ts";
import { collectIntrinsics } from "./intrinsics.ts";
import { readLine, silence, writeLine, writeReport } from "./line_io.ts";
import { Mocks } from "./mocks.ts";
import { Pump } from "./pump.ts";
import { Registry } from "./registry.ts";
import { Peer } from "./rpc.ts";
import { moduleLoader, rewriteImports } from "./test_modules.ts";
import { runTests } from "./test_runner.ts";

interface TestsMessage {
  /** JavaScript. */
  readonly text: string;
  readonly kind: "program" | "suite";
}

const LOAD_MS = 60_000;

function frameworkFor(registry: Registry, mocks: Mocks, candidate: Record<string, unknown>) {
  const framework: Record<string, unknown> = {
    ...registry.globals(),
    ...assertionGlobals(),
    ...mocks.globals(),
    expect: makeExpect(mocks),
    expectTypeOf: typeAssertion(),
    assertType: () => {},
  };
  framework.Deno = Object.assign(Object.create(Deno), { test: framework.test });
  return Object.assign(framework, moduleLoader(framework, candidate));
}

/** Assertions about types hold without being checked: types are gone when tests run. */
function typeAssertion(): unknown {
  const anything: unknown = new Proxy(() => {}, {
    get: (_target, key) => key === "then" ? undefined : anything,
    apply: () => anything,
  });
  return anything;
}

/** A module whose function runs the text with the given names in scope; the text may declare any of them anew. */
function asFunction(text: string, names: readonly string[]): string {
  return `export default async (${names.join(", ")}) => {{${rewriteImports(text)}\n}}`;
}

async function main(): Promise<void> {
  const clock = new VirtualClock();
  clock.install();
  const intrinsics = collectIntrinsics();
  const mocks = new Mocks();
  intrinsics.alias(mocks.prototype, Function.prototype);
  const registry = new Registry();
  const peer = new Peer("tests", intrinsics, clock);
  const pump = new Pump(peer, clock);
  writeLine("ready");
  const message = readLine() as TestsMessage | undefined;
  if (!message) return;
  silence();
  globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
  const candidate = peer.ask("names", null) as Record<string, unknown>;
  const framework = frameworkFor(registry, mocks, candidate);
  peer.watchRealm(message.text);
  try {
    const names: Record<string, unknown> = { ...candidate, ...framework };
    const keys = Object.keys(names).filter((name) => name !== "default");
    const code = asFunction(message.text, keys);
    const module = await import(
      `data:application/javascript,${encodeURIComponent(code.toWellFormed())}`
    );
    await pump.until(Promise.resolve(module.default(...keys.map((key) => names[key]))), LOAD_MS);
    for (const suite of registry.pending) await pump.until(suite, LOAD_MS);
  } catch (error) {
    writeReport({ load: describeError(error) });
    return;
  }
  if (message.kind === "suite") await runTests(registry.tests, pump, writeReport);
  writeReport({ end: true });
}

await main();
Deno.exit(0);
