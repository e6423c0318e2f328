/**
 * Assertions in the styles of `node:assert`, chai's `assert` and `@std/assert`.
 *
 * Runs inside the tests' process.
 *
 * @module
 */
import { contains, equals } from "./equality.ts";
import {
  AssertionError,
  caught,
  caughtLater,
  checkThrown,
  expectThat,
  fail,
  isInstance,
} from "./failure.ts";

// deno-lint-ignore no-explicit-any
type Any = any;
type Relation = readonly [holds: (a: Any, b?: Any, c?: Any) => boolean, words: string];

const isDeep = (a: unknown, b: unknown) => equals(a, b, "exact") || equals(a, b);
const isSame = (a: unknown, b: unknown) => Object.is(a, b) || a === b;
const isLoose = (a: unknown, b: unknown) => a == b || (Number.isNaN(a) && Number.isNaN(b));
const isIn = (whole: Any, part: unknown) =>
  typeof whole === "string"
    ? whole.includes(part as string)
    : [...whole].some((item) => isDeep(item, part));
const isAlmost = (a: number, b: number, tolerance = Math.max(1e-7, Math.abs(b) * 1e-7)) =>
  Object.is(a, b) || Math.abs(a - b) <= tolerance;
const sizeOf = (value: Any) => value.length ?? value.size ?? Object.keys(value).length;

/** Relations of two values; the third argument is a tolerance or a message. */
const BINARY: Readonly<Record<string, Relation>> = {
  equal: [isLoose, "equal to"],
  notEqual: [(a, b) => !isLoose(a, b), "not equal to"],
  strictEqual: [isSame, "identical to"],
  notStrictEqual: [(a, b) => !isSame(a, b), "not identical to"],
  deepEqual: [isDeep, "equal to"],
  deepStrictEqual: [isDeep, "equal to"],
  eql: [isDeep, "equal to"],
  notDeepEqual: [(a, b) => !isDeep(a, b), "not equal to"],
  notDeepStrictEqual: [(a, b) => !isDeep(a, b), "not equal to"],
  partialDeepStrictEqual: [contains, "an object containing"],
  include: [isIn, "something containing"],
  includes: [isIn, "something containing"],
  notInclude: [(a, b) => !isIn(a, b), "nothing containing"],
  isAtLeast: [(a, b) => a >= b, "at least"],
  isAtMost: [(a, b) => a <= b, "at most"],
  isAbove: [(a, b) => a > b, "above"],
  isBelow: [(a, b) => a < b, "below"],
  lengthOf: [(a, b) => sizeOf(a) === b, "of length"],
  instanceOf: [isInstance, "an instance of"],
  match: [(text, pattern) => pattern.test(text), "matching"],
  doesNotMatch: [(text, pattern) => !pattern.test(text), "not matching"],
  property: [(object, key) => key in Object(object), "with property"],
  typeOf: [(a, b) => typeof a === b || (Array.isArray(a) && b === "array"), "of type"],
  sameMembers: [(a, b) => equals(new Set(a), new Set(b)) && a.length === b.length, "with members"],
};

/** Relations with a tolerance. */
const NEAR: Readonly<Record<string, Relation>> = {
  approximately: [(a, b, tolerance) => Math.abs(a - b) <= tolerance, "about"],
  closeTo: [(a, b, tolerance) => Math.abs(a - b) <= tolerance, "about"],
};

/** Properties of one value. */
const UNARY: Readonly<Record<string, Relation>> = {
  ok: [Boolean, "something truthy"],
  isOk: [Boolean, "something truthy"],
  notOk: [(a) => !a, "something falsy"],
  isNotOk: [(a) => !a, "something falsy"],
  isTrue: [(a) => a === true, "true"],
  isFalse: [(a) => a === false, "false"],
  isNull: [(a) => a === null, "null"],
  isNotNull: [(a) => a !== null, "not null"],
  isUndefined: [(a) => a === undefined, "undefined"],
  isDefined: [(a) => a !== undefined, "something defined"],
  exists: [(a) => a !== null && a !== undefined, "something that exists"],
  isEmpty: [(a) => sizeOf(a) === 0, "something empty"],
  isNotEmpty: [(a) => sizeOf(a) > 0, "something not empty"],
  isNaN: [Number.isNaN, "NaN"],
  isFunction: [(a) => typeof a === "function", "a function"],
  isArray: [Array.isArray, "an array"],
  isString: [(a) => typeof a === "string", "a string"],
  isNumber: [(a) => typeof a === "number", "a number"],
  isBoolean: [(a) => typeof a === "boolean", "a boolean"],
  isObject: [(a) => typeof a === "object" && a !== null, "an object"],
};

/** Assertions of `@std/assert`, under their own names. */
const STANDARD: Readonly<Record<string, Relation>> = {
  assertEquals: [isDeep, "equal to"],
  assertNotEquals: [(a, b) => !isDeep(a, b), "not equal to"],
  assertStrictEquals: [Object.is, "identical to"],
  assertNotStrictEquals: [(a, b) => !Object.is(a, b), "not identical to"],
  assertAlmostEquals: [isAlmost, "about"],
  assertExists: UNARY.exists!,
  assertFalse: UNARY.notOk!,
  assertInstanceOf: BINARY.instanceOf!,
  assertNotInstanceOf: [(a, b) => !isInstance(a, b), "no instance of"],
  assertMatch: BINARY.match!,
  assertNotMatch: BINARY.doesNotMatch!,
  assertStringIncludes: [(text, part) => text.includes(part), "something containing"],
  assertArrayIncludes: [
    (list, items) => items.every((item: Any) => isIn(list, item)),
    "something containing",
  ],
  assertObjectMatch: [contains, "an object containing"],
  assertGreater: BINARY.isAbove!,
  assertGreaterOrEqual: BINARY.isAtLeast!,
  assertLess: BINARY.isBelow!,
  assertLessOrEqual: BINARY.isAtMost!,
};

type Assert = (...args: Any[]) => Any;

function bind(
  relations: Readonly<Record<string, Relation>>,
  operands: 1 | 2 | 3,
): Record<string, Assert> {
  const bound = ([holds, words]: Relation) => (...args: Any[]) =>
    expectThat(
      holds(args[0], args[1], args[2]),
      words,
      args[0],
      args.slice(1, Math.max(1, operands)),
      args[operands],
    );
  return Object.fromEntries(
    Object.entries(relations).map(([name, relation]) => [name, bound(relation)]),
  );
}

function throws(run: () => unknown, wanted?: unknown, message?: unknown): unknown {
  const outcome = caught(run);
  if (!outcome) fail("expected an error, none was thrown");
  if (typeof wanted !== "string") checkThrown(outcome.thrown, wanted, message);
  return outcome.thrown;
}

async function rejects(work: Any, wanted?: unknown, message?: unknown): Promise<unknown> {
  const outcome = await caughtLater(work);
  if (!outcome) fail("expected a rejection, the promise was fulfilled");
  if (typeof wanted !== "string") checkThrown(outcome.thrown, wanted, message);
  return outcome.thrown;
}

function assertIsError(value: unknown, type?: unknown, message?: unknown): void {
  if (!(value instanceof Error)) fail("expected an error");
  checkThrown(value, type ?? Error, message);
}

/** `assert` with everything on it, and the functions of `@std/assert`, by name. */
export function assertionGlobals(): Record<string, unknown> {
  const members = {
    ...bind(UNARY, 1),
    ...bind(BINARY, 2),
    ...bind(NEAR, 3),
    throws,
    doesNotThrow: (run: () => unknown) => void run(),
    rejects,
    doesNotReject: async (work: Any) => void await (typeof work === "function" ? work() : work),
    ifError: (value: unknown) =>
      expectThat(value === null || value === undefined, "no error", value, []),
    fail: (message?: string) => fail(message ?? "failed"),
    AssertionError,
  };
  const assert = Object.assign(
    (value: unknown, message?: string) =>
      expectThat(Boolean(value), "something truthy", value, [], message),
    members,
  );
  Object.assign(assert, { strict: assert });
  return {
    assert,
    ...bind(STANDARD, 2),
    assertThrows: throws,
    assertRejects: rejects,
    assertIsError,
    fail: members.fail,
    unreachable: () => fail("reached what should not be reached"),
    unimplemented: (message?: string) => fail(message ?? "not implemented"),
    AssertionError,
  };
}
