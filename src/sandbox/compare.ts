/**
 * Equality of encoded values, decided in the host, where no candidate can reach it.
 *
 * @module
 */
import { canonicalJson } from "../base/mod.ts";
import type { Encoded } from "./types.ts";

type Tagged = { readonly $: string; readonly value?: Encoded };
type Plain = { readonly [key: string]: Encoded };

const RELATIVE_TOLERANCE = 1e-6;
/** Matching without order takes quadratic time; a candidate must not be able to buy much of it. */
const MAX_UNMATCHED = 200;

/**
 * Whether two encoded values are deeply equal.
 *
 * Numbers may differ by 1e-6 of the larger one (at least 1); NaN equals NaN; 0 and -0 differ. Maps and sets are compared
 * without regard to order, objects by their own keys.
 */
export function compareValues(actual: Encoded, expected: Encoded): boolean {
  try {
    return compareAny(actual, expected);
  } catch (error) {
    if (error instanceof RangeError) return false; // nested deeper than the stack
    throw error;
  }
}

function compareAny(actual: Encoded, expected: Encoded): boolean {
  if (actual === expected) return true;
  if (typeof actual === "number" && typeof expected === "number") {
    const scale = Math.max(1, Math.abs(actual), Math.abs(expected));
    return Math.abs(actual - expected) <= RELATIVE_TOLERANCE * scale;
  }
  if (!isObject(actual) || !isObject(expected)) return false;
  if (Array.isArray(actual) || Array.isArray(expected)) {
    return Array.isArray(actual) && Array.isArray(expected) && compareLists(actual, expected);
  }
  if (isTagged(actual) || isTagged(expected)) {
    return isTagged(actual) && isTagged(expected) && compareTagged(actual, expected);
  }
  return comparePlain(actual as Plain, expected as Plain);
}

function isObject(value: Encoded): value is readonly Encoded[] | Plain {
  return typeof value === "object" && value !== null;
}

function isTagged(value: readonly Encoded[] | Plain): value is Tagged & Plain {
  return !Array.isArray(value) && typeof (value as Plain).$ === "string";
}

function compareLists(actual: readonly Encoded[], expected: readonly Encoded[]): boolean {
  return actual.length === expected.length &&
    actual.every((item, index) => compareAny(item, expected[index]!));
}

function comparePlain(actual: Plain, expected: Plain): boolean {
  const keys = Object.keys(expected);
  return Object.keys(actual).length === keys.length &&
    keys.every((key) => Object.hasOwn(actual, key) && compareAny(actual[key]!, expected[key]!));
}

function compareTagged(actual: Tagged, expected: Tagged): boolean {
  if (actual.$ !== expected.$ || (actual.value === undefined) !== (expected.value === undefined)) {
    return false;
  }
  if (actual.$ === "Function" || actual.$ === "Cycle" || actual.$ === "Symbol") return false;
  if (actual.value === undefined) return true;
  if (actual.$ === "Map" || actual.$ === "Set" || actual.$ === "Object") {
    return compareUnordered(actual.value as Encoded[], expected.value as Encoded[]);
  }
  return compareAny(actual.value, expected.value!);
}

/** Maps, sets and tagged objects: exact counterparts first, then near ones among the few that are left. */
function compareUnordered(actual: readonly Encoded[], expected: readonly Encoded[]): boolean {
  if (actual.length !== expected.length) return false;
  const waiting = new Map<string, Encoded[]>();
  for (const item of actual) {
    const key = canonicalJson(item);
    const same = waiting.get(key);
    if (same) same.push(item);
    else waiting.set(key, [item]);
  }
  const unmatched = expected.filter((item) => {
    const same = waiting.get(canonicalJson(item));
    if (!same?.length) return true;
    same.pop();
    return false;
  });
  if (unmatched.length > MAX_UNMATCHED) return false;
  const left = [...waiting.values()].flat();
  return unmatched.every((item) => {
    const at = left.findIndex((other) => compareAny(other, item));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
