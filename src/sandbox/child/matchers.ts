/**
 * What `expect(value)` can be asked.
 *
 * Runs inside the tests' process.
 *
 * @module
 */
import { AsymmetricMatcher, contains, equals } from "./equality.ts";
import { isInstance } from "./failure.ts";
import type { Mocks } from "./mocks.ts";

/** Whether the actual value stands in a relation to the expected ones. */
export type Matcher = (actual: unknown, ...expected: unknown[]) => boolean;

// deno-lint-ignore no-explicit-any
type Any = any;

const isNear = (a: number, b: number, digits = 2) => a === b || Math.abs(a - b) < 10 ** -digits / 2;

function includes(whole: unknown, part: unknown): boolean {
  return typeof whole === "string"
    ? whole.includes(part as string)
    : [...whole as Iterable<unknown>].includes(part);
}

function matches(text: unknown, pattern: unknown): boolean {
  return typeof pattern === "string"
    ? String(text).includes(pattern)
    : (pattern as RegExp).test(String(text));
}

function hasProperty(object: unknown, path: unknown, ...value: unknown[]): boolean {
  let at: unknown = object;
  for (const key of Array.isArray(path) ? path : String(path).split(".")) {
    if (at === null || at === undefined || !(key in Object(at))) return false;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return value.length === 0 || equals(at, value[0]);
}

/** Matchers of values. */
export const VALUE_MATCHERS: Readonly<Record<string, Matcher>> = {
  toBe: (a, b) => Object.is(a, b),
  toEqual: (a, b) => equals(a, b),
  toStrictEqual: (a, b) => equals(a, b, "exact"),
  toBeNull: (a) => a === null,
  toBeUndefined: (a) => a === undefined,
  toBeDefined: (a) => a !== undefined,
  toBeNullable: (a) => a === null || a === undefined,
  toBeTruthy: (a) => Boolean(a),
  toBeFalsy: (a) => !a,
  toBeNaN: (a) => Number.isNaN(a),
  toBeTypeOf: (a, b) => Object.is(typeof a, b),
  toBeInstanceOf: (a, b) => isInstance(a, b),
  toBeGreaterThan: (a, b) => (a as number) > (b as number),
  toBeGreaterThanOrEqual: (a, b) => (a as number) >= (b as number),
  toBeLessThan: (a, b) => (a as number) < (b as number),
  toBeLessThanOrEqual: (a, b) => (a as number) <= (b as number),
  toBeCloseTo: (a, b, digits) => isNear(a as number, b as number, digits as number | undefined),
  toContain: includes,
  toContainEqual: (a, b) => [...a as Iterable<unknown>].some((item) => equals(item, b)),
  toHaveLength: (a, b) => (a as { length: number }).length === b,
  toHaveProperty: hasProperty,
  toMatch: matches,
  toMatchObject: contains,
  toSatisfy: (a, predicate) => Boolean((predicate as (value: unknown) => unknown)(a)),
  toBeOneOf: (a, list) => [...list as Iterable<unknown>].some((item) => equals(a, item)),
};

/** Matchers of mock functions. */
export function mockMatchers(mocks: Mocks): Readonly<Record<string, Matcher>> {
  const calls = (mock: unknown) => mocks.record(mock).calls;
  const results = (mock: unknown) =>
    mocks.record(mock).results.filter(({ type }) => type === "return");
  const once: Record<string, Matcher> = {
    toHaveBeenCalled: (mock) => calls(mock).length > 0,
    toHaveBeenCalledTimes: (mock, times) => calls(mock).length === times,
    toHaveBeenCalledOnce: (mock) => calls(mock).length === 1,
    toHaveBeenCalledWith: (mock, ...args) => calls(mock).some((call) => equals(call, args)),
    toHaveBeenLastCalledWith: (mock, ...args) => equals(calls(mock).at(-1), args),
    toHaveBeenNthCalledWith: (mock, nth, ...args) => equals(calls(mock)[nth as number - 1], args),
    toHaveReturned: (mock) => results(mock).length > 0,
    toHaveReturnedTimes: (mock, times) => results(mock).length === times,
    toHaveReturnedWith: (mock, value) =>
      results(mock).some((result) => equals(result.value, value)),
    toHaveLastReturnedWith: (mock, value) => equals(results(mock).at(-1)?.value, value),
  };
  return {
    ...once,
    toBeCalled: once.toHaveBeenCalled!,
    toBeCalledTimes: once.toHaveBeenCalledTimes!,
    toBeCalledWith: once.toHaveBeenCalledWith!,
    lastCalledWith: once.toHaveBeenLastCalledWith!,
    nthCalledWith: once.toHaveBeenNthCalledWith!,
  };
}

/** Values that equal more than one value (`expect.any` and the like). */
export const ASYMMETRIC: Readonly<Record<string, (...args: Any[]) => AsymmetricMatcher>> = {
  any: (type: Any) =>
    new AsymmetricMatcher(
      `any ${type.name}`,
      (value) => isInstance(value, type) || typeof value === String(type.name).toLowerCase(),
    ),
  anything: () =>
    new AsymmetricMatcher("anything", (value) => value !== null && value !== undefined),
  objectContaining: (part: Any) =>
    new AsymmetricMatcher("an object containing …", (value) => contains(value, part)),
  arrayContaining: (items: Any[]) =>
    new AsymmetricMatcher(
      "an array containing …",
      (value) =>
        Array.isArray(value) && items.every((item) => value.some((other) => equals(other, item))),
    ),
  stringContaining: (text: string) =>
    new AsymmetricMatcher(
      `a string containing ${text}`,
      (value) => typeof value === "string" && value.includes(text),
    ),
  stringMatching: (pattern: Any) =>
    new AsymmetricMatcher(
      `a string matching ${pattern}`,
      (value) => typeof value === "string" && matches(value, pattern),
    ),
  closeTo: (number: number, digits?: number) =>
    new AsymmetricMatcher(`about ${number}`, (value) => isNear(value as number, number, digits)),
};
