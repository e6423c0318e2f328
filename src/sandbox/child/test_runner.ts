/**
 * Runs collected tests one by one, with their hooks.
 *
 * Runs inside the tests' process.
 *
 * @module
 */
import { describeError, type ErrorText } from "./describe_error.ts";
import { AssertionError } from "./failure.ts";
import type { Pump } from "./pump.ts";
import { lineage, type RegisteredTest, type Suite, type TestFunction } from "./registry.ts";
import { makeTestContext } from "./test_context.ts";

/** What is told to the host about one test. */
export interface TestReport {
  readonly name: string;
  readonly thrown?: ErrorText;
}

type Report = (report: { plan: readonly string[] } | { test: TestReport }) => void;

/** How far the clock may move during one test unless the test says otherwise. */
const TEST_MS = 5000;
const DONE_CALLBACK = /^(?:async\s*)?(?:function\b[^(]*)?\(?\s*done\b/;

/** Runs every test and reports each. */
export async function runTests(
  tests: readonly RegisteredTest[],
  pump: Pump,
  report: Report,
): Promise<void> {
  const only = tests.some((test) => test.only);
  const chosen = uniqueNames(tests.filter((test) => test.only || !only));
  report({ plan: chosen.map((test) => test.name) });
  const opened = new Set<Suite>();
  for (const [index, test] of chosen.entries()) {
    const thrown = await outcomeOf(() => runTest(test, opened, pump, report));
    report({ test: { name: test.name, ...thrown } });
    await closeSuites(test.suite, chosen.slice(index + 1), pump);
  }
}

function uniqueNames(tests: readonly RegisteredTest[]): RegisteredTest[] {
  const seen = new Map<string, number>();
  return tests.map((test) => {
    const count = (seen.get(test.name) ?? 0) + 1;
    seen.set(test.name, count);
    return count === 1 ? test : { ...test, name: `${test.name} (${count})` };
  });
}

async function outcomeOf(run: () => Promise<unknown>): Promise<{ thrown?: ErrorText }> {
  try {
    await run();
    return {};
  } catch (error) {
    const thrown = describeError(error);
    return {
      thrown: error instanceof AssertionError ? { ...thrown, name: "", stack: "" } : thrown,
    };
  }
}

async function runTest(test: RegisteredTest, opened: Set<Suite>, pump: Pump, report: Report) {
  const limitMs = test.timeoutMs ?? TEST_MS;
  const suites = lineage(test.suite);
  for (const suite of suites) {
    if (!opened.has(suite)) await runHooks(suite.before, pump);
    opened.add(suite);
  }
  for (const suite of suites) await runHooks(suite.beforeEach, pump);
  try {
    const outcome = await outcomeOf(() => pump.until(runBody(test, report), limitMs));
    if (test.fails) {
      if (!outcome.thrown) throw new AssertionError("expected the test to fail, it passed");
    } else if (outcome.thrown) {
      throw restored(outcome.thrown);
    }
  } finally {
    for (const suite of suites.toReversed()) await runHooks(suite.afterEach, pump);
  }
}

/** An error that describes itself as the one it was made from. */
function restored({ name, message, stack }: ErrorText): Error {
  const error = name === "" ? new AssertionError(message) : new Error(message);
  if (name !== "") {
    Object.defineProperties(error, { name: { value: name }, stack: { value: stack } });
  }
  return error;
}

async function runHooks(hooks: readonly TestFunction[], pump: Pump): Promise<void> {
  for (const hook of hooks) await pump.until(callBody(hook, undefined), TEST_MS);
}

async function closeSuites(
  suite: Suite,
  rest: readonly RegisteredTest[],
  pump: Pump,
): Promise<void> {
  for (const open of lineage(suite).toReversed()) {
    if (rest.some((test) => lineage(test.suite).includes(open))) return;
    await outcomeOf(() => runHooks(open.after, pump));
  }
}

async function runBody(test: RegisteredTest, report: Report): Promise<void> {
  async function runStep(path: string, label: string, run: TestFunction): Promise<boolean> {
    const name = `${path} > ${label}`;
    const context = makeTestContext(label, (inner, fn) => runStep(name, inner, fn));
    const outcome = await outcomeOf(async () => {
      await callBody(run, context.argument);
      await context.finished();
    });
    report({ test: { name, ...outcome } });
    if (outcome.thrown) throw new AssertionError(`step failed: ${label}`);
    return true;
  }
  const context = makeTestContext(test.name, (label, run) => runStep(test.name, label, run));
  await callBody(test.run, context.argument);
  await context.finished();
}

/** Calls a test function, which may return a promise or take a callback named `done`. */
async function callBody(run: TestFunction, argument: unknown): Promise<void> {
  if (run.length === 1 && DONE_CALLBACK.test(run.toString())) {
    await new Promise<void>((resolve, reject) => {
      const done = Object.assign((error?: unknown) => error ? reject(error) : resolve(), {
        fail: reject,
      });
      run(done);
    });
  } else {
    await run(argument);
  }
}
