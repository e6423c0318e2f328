/**
 * The argument of a test function: tape's assertions, Deno's and Node's steps.
 *
 * Runs inside the tests' process.
 *
 * @module
 */
import { equals } from "./equality.ts";
import { caught, checkThrown, expectThat, fail } from "./failure.ts";
import type { TestFunction } from "./registry.ts";

// deno-lint-ignore no-explicit-any
type Any = any;

/** What a running test tells about itself. */
export interface TestContext {
  /** The argument for the test function. */
  readonly argument: unknown;
  /** Resolves when planned assertions have all come; rejects if there were more. */
  finished(): Promise<void>;
}

/** Runs a named part of a test, and reports it as a test of its own; resolves to whether it passed. */
export type RunStep = (name: string, run: TestFunction) => Promise<boolean>;

const ALIASES: Readonly<Record<string, string>> = {
  equal: "equals is strictEqual strictEquals isEqual",
  notEqual: "notEquals isNot not isNotEqual notStrictEqual doesNotEqual",
  deepEqual: "deepEquals same isEquivalent strictSame deepStrictEqual",
  looseEqual: "deepLooseEqual looseEquals",
  notDeepEqual: "notSame notDeepEquals isNotDeepEqual",
  ok: "true assert truthy",
  notOk: "false notok falsy",
};

function tapeAssertions(): Record<string, (...args: Any[]) => unknown> {
  const relation =
    (holds: (a: Any, b: Any) => boolean, words: string) =>
    (a: unknown, b: unknown, note?: unknown) => expectThat(holds(a, b), words, a, [b], note);
  const same = (a: unknown, b: unknown) => a === b || Object.is(a, b);
  return {
    equal: relation(same, "identical to"),
    notEqual: relation((a, b) => !same(a, b), "not identical to"),
    deepEqual: relation((a, b) => equals(a, b), "equal to"),
    looseEqual: relation((a, b) => equals(a, b, "loose"), "about equal to"),
    notDeepEqual: relation((a, b) => !equals(a, b), "not equal to"),
    ok: (value, note) => expectThat(Boolean(value), "something truthy", value, [], note),
    notOk: (value, note) => expectThat(!value, "something falsy", value, [], note),
    match: relation((text, pattern) => pattern.test(text), "matching"),
    doesNotMatch: relation((text, pattern) => !pattern.test(text), "not matching"),
    pass: () => {},
    fail: (note) => fail(note ?? "failed"),
    throws: (run, wanted) => {
      const outcome = caught(run);
      if (!outcome) fail("expected an error, none was thrown");
      if (typeof wanted !== "string") checkThrown(outcome.thrown, wanted);
    },
    doesNotThrow: (run) => void run(),
    notThrows: (run) => void run(),
    error: (value, note) => expectThat(!value, "no error", value, [], note),
  };
}

/** Counts assertions against a plan. */
class Plan {
  #planned: number | undefined;
  #count = 0;
  #ended = false;
  #settle = () => {};

  /** Announces how many assertions will come. */
  readonly plan = (planned: number): void => void (this.#planned = planned);

  /** Says that no more will come. */
  readonly end = (): void => {
    this.#ended = true;
    this.#settle();
  };

  /** An assertion that counts. */
  counted(check: (...args: Any[]) => unknown): (...args: Any[]) => unknown {
    return (...args) => {
      this.#count++;
      const result = check(...args);
      this.#settle();
      return result;
    };
  }

  /** Waits for the announced number. */
  async finished(): Promise<void> {
    if (this.#planned === undefined) return;
    while (!this.#ended && this.#count < this.#planned) {
      await new Promise<void>((resolve) => this.#settle = resolve);
    }
    const [planned, count] = [this.#planned, this.#count];
    if (count !== planned) fail(`expected ${planned} assertions, received ${count}`);
  }
}

/**
 * Makes the context of one test.
 *
 * @param name Name of the test.
 * @param runStep How parts of the test are run.
 */
export function makeTestContext(name: string, runStep: RunStep): TestContext {
  const plan = new Plan();
  const assertions = tapeAssertions();
  const argument = (value: unknown, note?: unknown) => assertions.ok!(value, note);
  Object.defineProperty(argument, "name", { value: name });
  for (const [key, check] of Object.entries(assertions)) {
    for (const alias of [key, ...(ALIASES[key]?.split(" ") ?? [])]) {
      Object.assign(argument, { [alias]: plan.counted(check) });
    }
  }
  const step = async (first: Any, second?: Any, third?: Any) => {
    const run = [first, second, third].find((part) => typeof part === "function") ?? first.fn;
    const label = typeof first === "string" ? first : first.name;
    return await runStep(label, run);
  };
  const nothing = () => {};
  const { plan: announce, end } = plan;
  const parts = { step, test: step, plan: announce, end };
  Object.assign(argument, parts, { comment: nothing, diagnostic: nothing, teardown: nothing });
  return { argument, finished: () => plan.finished() };
}
