/**
 * How a failed assertion is raised and put into words.
 *
 * Runs inside the tests' process.
 *
 * @module
 */

/** What an assertion throws. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

const STACK_LINE = /\n\s+at .*/g;

/** Shows a value as in source code, shortened, without colours. */
export function show(value: unknown): string {
  try {
    return Deno.inspect(value, {
      colors: false,
      depth: 4,
      iterableLimit: 20,
      strAbbreviateSize: 200,
      breakLength: Infinity,
    }).replaceAll(STACK_LINE, "").slice(0, 300);
  } catch {
    return "a value that cannot be shown";
  }
}

/** Fails the running test. @throws {AssertionError} Always. */
export function fail(message: string): never {
  throw new AssertionError(message);
}

/** Fails unless the condition holds; says what was expected and what came. */
export function expectThat(
  holds: boolean,
  relation: string,
  actual: unknown,
  expected: readonly unknown[],
  note?: unknown,
): void {
  if (holds) return;
  const wanted = [relation, expected.map(show).join(", ")].filter((part) => part !== "").join(" ");
  const prefix = typeof note === "string" && note !== "" ? `${note}: ` : "";
  fail(`${prefix}expected ${wanted}, received ${show(actual)}`);
}

/** `instanceof` that asks no class for its opinion. */
export function isInstance(value: unknown, type: unknown): boolean {
  return typeof type === "function" && Function.prototype[Symbol.hasInstance].call(type, value);
}

/**
 * Checks a thrown value against what a test expects: a class, a message or part of it, a pattern, an error or object
 * with a message, or a predicate.
 *
 * @throws {AssertionError} If the thrown value is another one.
 */
export function checkThrown(thrown: unknown, wanted: unknown, message?: unknown): void {
  const text = textOf(thrown);
  if (typeof wanted === "string") {
    expectThat(text.includes(wanted), "an error with message", text, [wanted]);
  } else if (wanted instanceof RegExp) {
    const holds = wanted.test(text) || wanted.test(String(thrown));
    expectThat(holds, "an error whose message matches", text, [wanted]);
  } else if (typeof wanted === "function") {
    checkThrownType(thrown, wanted as (value: unknown) => unknown);
    if (typeof message === "string") {
      expectThat(text.includes(message), "an error with message", text, [message]);
    }
  } else if (typeof wanted === "object" && wanted !== null) {
    checkThrownFields(thrown, wanted as Record<string, unknown>);
  }
}

function checkThrownType(thrown: unknown, wanted: (value: unknown) => unknown): void {
  const isClass = wanted === Error || wanted.prototype !== undefined;
  const holds = isClass ? isInstance(thrown, wanted) : wanted(thrown) === true;
  expectThat(holds, `an error of type ${wanted.name || "as described"}`, thrown, []);
}

function checkThrownFields(thrown: unknown, wanted: Record<string, unknown>): void {
  for (const key of wanted instanceof Error ? ["message"] : Object.keys(wanted)) {
    const actual = (thrown as Record<string, unknown> | null)?.[key];
    const pattern = wanted[key];
    const holds = pattern instanceof RegExp ? pattern.test(String(actual)) : actual === pattern;
    expectThat(holds, `an error with ${key}`, actual, [pattern]);
  }
}

function textOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return String(message === undefined ? thrown : message);
}

/** What a function threw, if it did. */
export function caught(run: () => unknown): { readonly thrown: unknown } | undefined {
  try {
    run();
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

/** What a promise, or a function that gives one, rejected with, if it did. */
export async function caughtLater(
  work: PromiseLike<unknown> | (() => unknown),
): Promise<{ readonly thrown: unknown } | undefined> {
  try {
    await (typeof work === "function" ? work() : work);
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}
