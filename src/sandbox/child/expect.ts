/**
 * `expect(value)` with `.not`, `.resolves` and `.rejects`.
 *
 * Runs inside the tests' process.
 *
 * @module
 */
import { AsymmetricMatcher } from "./equality.ts";
import { AssertionError, caught, caughtLater, checkThrown, expectThat, fail } from "./failure.ts";
import { ASYMMETRIC, type Matcher, mockMatchers, VALUE_MATCHERS } from "./matchers.ts";
import type { Mocks } from "./mocks.ts";

type Check = (...expected: unknown[]) => unknown;
/** The matchers bound to one actual value. */
export type Expectation = Record<string, Check> & { not: Record<string, Check> };

/** Words of a matcher's name: `toBeCloseTo` becomes `to be close to`. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function checkThrows(run: () => { readonly thrown: unknown } | undefined, negated: boolean): Check {
  return (wanted) => {
    const outcome = run();
    if (!negated) {
      if (!outcome) {
        fail(
          `expected an error${wanted === undefined ? "" : ` ${String(wanted)}`}, none was thrown`,
        );
      }
      checkThrown(outcome.thrown, wanted);
    } else if (outcome) {
      const other = caught(() => checkThrown(outcome.thrown, wanted));
      if (wanted === undefined || !other) {
        fail(`expected no error, ${String(outcome.thrown)} was thrown`);
      }
    }
  };
}

type Checks = Record<string, Check>;
/** What the matchers of one value are, as asked or negated. */
type Both = (negated: boolean) => Checks;

/** Matchers that first wait for what a promise brings. */
function later(settle: () => Promise<Both>): Checks {
  const proxy = (negated: boolean): Checks =>
    new Proxy({}, {
      get(_target, name) {
        if (name === "not") return proxy(!negated);
        return async (...expected: unknown[]) =>
          (await settle())(negated)[name as string]!(...expected);
      },
    });
  return proxy(false);
}

/** `expect.not`: matchers that equal what the others do not. */
function negatedAsymmetric(): Record<string, (...args: unknown[]) => AsymmetricMatcher> {
  return Object.fromEntries(
    Object.entries(ASYMMETRIC).map(([name, make]) => [name, (...args: unknown[]) => {
      const matcher = make(...args);
      const matches = AsymmetricMatcher.of(matcher)!;
      return new AsymmetricMatcher(`not ${matcher.name}`, (value) => !matches(value));
    }]),
  );
}

/** All matchers bound to one value; `thrown` is what stands for a call of it that threw. */
function bindChecks(
  matchers: Readonly<Record<string, Matcher>>,
  actual: unknown,
  thrown?: { readonly thrown: unknown },
): Both {
  return (negated) => {
    const bound: Checks = {};
    for (const [name, matcher] of Object.entries(matchers)) {
      const relation = words(negated ? `not ${name}` : name);
      bound[name] = (...expected) =>
        expectThat(matcher(actual, ...expected) !== negated, relation, actual, expected);
    }
    const run = () => thrown ?? caught(actual as () => unknown);
    bound.toThrow = bound.toThrowError = checkThrows(run, negated);
    return bound;
  };
}

type Added = Record<string, (actual: unknown, ...rest: unknown[]) => { pass: boolean }>;

/** `expect` and its helpers. */
export function makeExpect(mocks: Mocks): (actual: unknown) => Expectation {
  const matchers: Record<string, Matcher> = { ...VALUE_MATCHERS, ...mockMatchers(mocks) };

  function expect(actual: unknown): Expectation {
    const checks = bindChecks(matchers, actual);
    async function resolved(): Promise<Both> {
      return bindChecks(matchers, await (typeof actual === "function" ? actual() : actual));
    }
    async function rejected(): Promise<Both> {
      const outcome = await caughtLater(actual as Promise<unknown>);
      if (!outcome) fail("expected a rejection, the promise was fulfilled");
      return bindChecks(matchers, outcome.thrown, outcome);
    }
    return Object.assign(checks(false), {
      not: checks(true),
      resolves: later(resolved),
      rejects: later(rejected),
    }) as unknown as Expectation;
  }

  function extend(added: Added): void {
    for (const [name, run] of Object.entries(added)) {
      matchers[name] = (...args) => run(...args).pass;
    }
  }
  const ignore = () => {};
  return Object.assign(expect, ASYMMETRIC, {
    not: negatedAsymmetric(),
    extend,
    assertions: ignore,
    hasAssertions: ignore,
    unreachable: () => fail("reached what should not be reached"),
    AssertionError,
  });
}
