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

/**
 * Runs every test and reports each. Tests that a running test registers run after those that were there before.
 */
export async function runTests(
  tests: readonly RegisteredTest[],
  pump: Pump,
  report: Report,
): Promise<void> {
  const only = tests.some((test) => test.only);
  const isChosen = (test: RegisteredTest) => test.only || !only;
  const uniqueName = nameKeeper();
  const names = new Map(tests.filter(isChosen).map((test) => [test, uniqueName(test.name)]));
  report({ plan: [...names.values()] });
  const opened = new Set<Suite>();
  for (let index = 0; index < tests.length; index++) {
    const test = tests[index]!;
    if (!isChosen(test)) continue;
    const name = names.get(test) ?? uniqueName(test.name);
    const thrown = await outcomeOf(() => runTest({ ...test, name }, opened, pump, report));
    report({ test: { name, ...thrown } });
    await closeSuites(test.suite, tests.slice(index + 1).filter(isChosen), pump);
  }
}

/** Numbers names that come more than once. */
function nameKeeper(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  };
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
