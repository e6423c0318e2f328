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

/** `expect` and its helpers. */
export function makeExpect(mocks: Mocks): (actual: unknown) => Expectation {
  const matchers: Record<string, Matcher> = { ...VALUE_MATCHERS, ...mockMatchers(mocks) };

  function checks(actual: unknown, negated: boolean, thrown?: { readonly thrown: unknown }) {
    const bound: Record<string, Check> = {};
    for (const [name, matcher] of Object.entries(matchers)) {
      const relation = words(negated ? `not ${name}` : name);
      bound[name] = (...expected) =>
        expectThat(matcher(actual, ...expected) !== negated, relation, actual, expected);
    }
    const run = () => thrown ?? caught(actual as () => unknown);
    bound.toThrow = bound.toThrowError = checkThrows(run, negated);
    return bound;
  }

  function later(
    actual: unknown,
    settle: (actual: unknown) => Promise<(negated: boolean) => Record<string, Check>>,
  ) {
    const proxy = (negated: boolean): Record<string, Check> =>
      new Proxy({}, {
        get(_target, name) {
          if (name === "not") return proxy(!negated);
          return async (...expected: unknown[]) =>
            (await settle(actual))(negated)[name as string]!(...expected);
        },
      });
    return proxy(false);
  }

  async function resolved(actual: unknown) {
    const value = await (typeof actual === "function" ? actual() : actual);
    return (negated: boolean) => checks(value, negated);
  }

  async function rejected(actual: unknown) {
    const outcome = await caughtLater(actual as Promise<unknown>);
    if (!outcome) fail("expected a rejection, the promise was fulfilled");
    return (negated: boolean) => checks(outcome.thrown, negated, outcome);
  }

  const expect = (actual: unknown) =>
    Object.assign(checks(actual, false), {
      not: checks(actual, true),
      resolves: later(actual, resolved),
      rejects: later(actual, rejected),
    }) as unknown as Expectation;
  const negated = Object.fromEntries(
    Object.entries(ASYMMETRIC).map(([name, make]) => [name, (...args: unknown[]) => {
      const matcher = make(...args);
      return new AsymmetricMatcher(
        `not ${matcher.name}`,
        (value) => !AsymmetricMatcher.of(matcher)!(value),
      );
    }]),
  );
  const extend = (
    added: Record<string, (actual: unknown, ...rest: unknown[]) => { pass: boolean }>,
  ) => {
    for (const [name, run] of Object.entries(added)) {
      matchers[name] = (...args) => run(...args).pass;
    }
  };
  const ignore = () => {};
  return Object.assign(expect, ASYMMETRIC, {
    not: negated,
    extend,
    assertions: ignore,
    hasAssertions: ignore,
    unreachable: () => fail("reached what should not be reached"),
    AssertionError,
  });
}
