/**
 * Deep equality as test libraries define it, and asymmetric matchers.
 *
 * Runs inside the tests' process.
 *
 * @module
 */

/**
 * How strictly to compare: `alike` ignores properties that are undefined (Jest's toEqual), `exact` counts them,
 * `loose` compares primitives by `==`.
 */
export type Strictness = "alike" | "exact" | "loose";

/** A value that decides itself what it equals; only those made here count. */
export class AsymmetricMatcher {
  readonly name: string;
  readonly #matches: (value: unknown) => boolean;

  /** Names a matcher and what it matches. */
  constructor(name: string, matches: (value: unknown) => boolean) {
    this.name = name;
    this.#matches = matches;
  }

  /** The matcher of a value that is one; a candidate cannot make any. */
  static of(value: unknown): ((value: unknown) => boolean) | undefined {
    return typeof value === "object" && value !== null && #matches in value
      ? value.#matches
      : undefined;
  }

  /** How the matcher is shown in a message. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.name;
  }
}

type Pairs = readonly (readonly [object, object])[];

/** Whether two values are deeply equal. */
export function equals(
  a: unknown,
  b: unknown,
  strictness: Strictness = "alike",
  seen: Pairs = [],
): boolean {
  const matches = AsymmetricMatcher.of(b) ?? undefined;
  if (matches) return matches(a);
  if (Object.is(a, b) || (a === 0 && b === 0)) return true;
  if (!isObject(a) || !isObject(b)) {
    return strictness === "loose" && !isObject(a) && !isObject(b) && a == b;
  }
  if (tagOf(a) !== tagOf(b)) return false;
  if (strictness === "exact" && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (typeof a === "function" || typeof b === "function") return false;
  if (seen.some(([x, y]) => x === a && y === b)) return true;
  const pairs: Pairs = [...seen, [a, b]];
  const inside = compareSlots(a, b, (x, y) => equals(x, y, strictness, pairs));
  return inside ?? compareProperties(a, b, strictness, pairs);
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

type Compare = (a: unknown, b: unknown) => boolean;

/** Compares what built-in classes hold; `undefined` where the properties decide. */
function compareSlots(a: object, b: object, same: Compare): boolean | undefined {
  if (a instanceof Date && b instanceof Date) return Object.is(Number(a), Number(b));
  if (a instanceof RegExp) return String(a) === String(b);
  if (a instanceof Error && b instanceof Error) return a.message === b.message && a.name === b.name;
  if (a instanceof Map && b instanceof Map) return compareMaps(a, b, same);
  if (a instanceof Set && b instanceof Set) return compareSets(a, b, same);
  if (a instanceof Promise || a instanceof WeakMap || a instanceof WeakSet) return false;
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return compareLists(new Uint8Array(a), new Uint8Array(b), Object.is);
  }
  if (ArrayBuffer.isView(a) && !(a instanceof DataView)) {
    return compareLists(a as Uint8Array, b as Uint8Array, Object.is);
  }
  if (a instanceof Number || a instanceof String || a instanceof Boolean) {
    return Object.is(a.valueOf(), b.valueOf());
  }
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
  return undefined;
}

function compareLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>, same: Compare): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!same(a[index], b[index])) return false;
  return true;
}

function compareMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, same: Compare): boolean {
  const entries = [...b];
  return a.size === b.size &&
    [...a].every(([key, value]) =>
      b.has(key)
        ? same(value, b.get(key))
        : entries.some(([otherKey, other]) => same(key, otherKey) && same(value, other))
    );
}

function compareSets(a: Set<unknown>, b: Set<unknown>, same: Compare): boolean {
  const items = [...b];
  return a.size === b.size &&
    [...a].every((item) => b.has(item) || items.some((other) => same(item, other)));
}

function compareProperties(a: object, b: object, strictness: Strictness, pairs: Pairs): boolean {
  const [left, right] = [a, b] as [Record<PropertyKey, unknown>, Record<PropertyKey, unknown>];
  const countedKeys = (object: Record<PropertyKey, unknown>) =>
    Reflect.ownKeys(object).filter((key) =>
      Object.prototype.propertyIsEnumerable.call(object, key) &&
      (strictness === "exact" || object[key] !== undefined)
    );
  const keys = countedKeys(left);
  return keys.length === countedKeys(right).length &&
    keys.every((key) =>
      Object.hasOwn(right, key) && equals(left[key], right[key], strictness, pairs)
    );
}

/** Whether `value` has everything that `part` has, at every depth. */
export function contains(value: unknown, part: unknown): boolean {
  if (!isObject(part) || AsymmetricMatcher.of(part)) return equals(value, part);
  if (!isObject(value)) return false;
  if (Array.isArray(part)) {
    return Array.isArray(value) && value.length === part.length &&
      part.every((item, index) => contains(value[index], item));
  }
  if (
    part instanceof Map || part instanceof Set || part instanceof Date || part instanceof RegExp
  ) {
    return equals(value, part);
  }
  const [whole, wanted] = [value, part] as [
    Record<PropertyKey, unknown>,
    Record<PropertyKey, unknown>,
  ];
  return Reflect.ownKeys(wanted).every((key) => key in whole && contains(whole[key], wanted[key]));
}
