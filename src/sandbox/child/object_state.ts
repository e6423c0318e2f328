/**
 * Reads the whole state of one object: prototype, extensibility, own properties, and the internal slots of
 * its kind. Everything is by reference; heap.ts turns references into names, object_write.ts writes a
 * state.
 *
 * Runs inside the children. Only functions saved at start are called on objects, so a foreign object can trap a read
 * (an accessor, a Proxy) but not take part in it.
 *
 * @module
 */
import type { ObjectKind } from "./object_kind.ts";

/** A snapshot of one object. Two equal snapshots hold identical references throughout. */
export interface ObjectState {
  readonly proto: object | null;
  /** 0 extensible, 1 not extensible, 2 frozen. */
  readonly closed: 0 | 1 | 2;
  /** Items, entries, time or bytes, by kind. */
  readonly body: readonly unknown[];
  readonly keys: readonly PropertyKey[];
  /** Attributes of each property: 1 writable, 2 enumerable, 4 configurable, 8 accessor. */
  readonly flags: readonly number[];
  /** For each property its value, and for an accessor its getter and setter. */
  readonly values: readonly unknown[];
}

/** Stands for an array element that is not there. */
export const HOLE: unique symbol = Symbol("hole");

/** Attributes of a property made by assignment. */
export const PLAIN_PROPERTY = 7;
/** Attribute of an accessor. */
export const ACCESSOR = 8;
/** From this length on an array is taken to have elements only: listing its keys would take too long. */
const LONG = 5000;

const { ownKeys, getOwnPropertyDescriptor, apply, getPrototypeOf, isExtensible } = Reflect;
const { is, isFrozen } = Object;
const mapForEach = Map.prototype.forEach;
const setForEach = Set.prototype.forEach;
const getTime = Date.prototype.getTime;
const INDEX = /^(?:0|[1-9]\d*)$/;
const isIndex = (key: PropertyKey) =>
  typeof key === "string" && apply(RegExp.prototype.test, INDEX, [key]);
/** Bytes as text and back. */
export const Bytes = Uint8Array as unknown as {
  new (buffer: object): Uint8Array & { toBase64(): string };
  fromBase64(text: string): Uint8Array;
};

/** Reads the state of an object of a known kind; `hidden` are keys that do not count. */
export function readState(
  object: object,
  kind: ObjectKind,
  hidden?: ReadonlySet<PropertyKey>,
): ObjectState {
  const keys: PropertyKey[] = [];
  const flags: number[] = [];
  const values: unknown[] = [];
  for (const key of listKeys(object, kind)) {
    if (hidden?.has(key)) continue;
    const property = getOwnPropertyDescriptor(object, key);
    if (!property) continue;
    const attributes = (property.writable ? 1 : 0) | (property.enumerable ? 2 : 0) |
      (property.configurable ? 4 : 0);
    keys.push(key);
    if ("value" in property) {
      flags.push(attributes);
      values.push(property.value);
    } else {
      flags.push(attributes | ACCESSOR);
      values.push(property.get, property.set);
    }
  }
  const closed = isExtensible(object) ? 0 : isFrozen(object) ? 2 : 1;
  return {
    proto: getPrototypeOf(object),
    closed,
    body: readBody(object, kind),
    keys,
    flags,
    values,
  };
}

function listKeys(object: object, kind: ObjectKind): readonly PropertyKey[] {
  switch (kind) {
    case "array": {
      const { length } = object as unknown[];
      if (length >= LONG) return [];
      const keys = ownKeys(object);
      return keys.length === length + 1 && !hasHole(object as unknown[])
        ? []
        : keys.filter((key) => key !== "length" && !isIndex(key));
    }
    case "view":
      return (object as Uint8Array).length >= LONG
        ? []
        : ownKeys(object).filter((key) => !isIndex(key));
    case "boxed":
      return ownKeys(object).filter((key) => key !== "length" && !isIndex(key));
    case "error":
      return ownKeys(object).filter((key) => key !== "stack");
    case "function":
      return ownKeys(object).filter((key) => key !== "arguments" && key !== "caller");
    default:
      return ownKeys(object);
  }
}

function hasHole(array: readonly unknown[]): boolean {
  for (let index = 0; index < array.length; index++) {
    if (array[index] === undefined && !Object.hasOwn(array, index)) return true;
  }
  return false;
}

function readBody(object: object, kind: ObjectKind): unknown[] {
  const body: unknown[] = [];
  switch (kind) {
    case "array": {
      const array = object as unknown[];
      for (let index = 0; index < array.length; index++) {
        const item = array[index];
        body.push(item === undefined && !Object.hasOwn(array, index) ? HOLE : item);
      }
      break;
    }
    case "map":
      apply(mapForEach, object, [(value: unknown, key: unknown) => body.push(key, value)]);
      break;
    case "set":
      apply(setForEach, object, [(item: unknown) => body.push(item)]);
      break;
    case "date":
      body.push(apply(getTime, object, []));
      break;
    case "error":
      body.push(stackOf(object));
      break;
    case "buffer":
      body.push(new Bytes(object).toBase64());
  }
  return body;
}

function stackOf(error: object): string {
  try {
    return String((error as Error).stack ?? "");
  } catch {
    return "";
  }
}

/** Whether two lists hold identical items. */
export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!is(a[index], b[index])) return false;
  }
  return true;
}

/** From this length on an array that is otherwise unchanged is taken to have gained no other properties. */
const SMALL = 64;

/**
 * Whether an object is still as in a snapshot. Faster than taking another snapshot, and blind to two rare changes: a
 * property made read-only or hidden without a change of its value, and a name given to a long array.
 */
export function isUnchanged(
  object: object,
  kind: ObjectKind,
  snapshot: ObjectState,
  hidden?: ReadonlySet<PropertyKey>,
): boolean {
  if (getPrototypeOf(object) !== snapshot.proto) return false;
  if (isExtensible(object) !== (snapshot.closed === 0)) return false;
  if (snapshot.closed === 1 && isFrozen(object)) return false;
  if (kind === "array") {
    if (!sameElements(object as unknown[], snapshot.body)) return false;
    if (snapshot.body.length >= SMALL && snapshot.keys.length === 0) return true;
  } else if (kind !== "object" && kind !== "function") {
    if (kind !== "error" && !sameItems(readBody(object, kind), snapshot.body)) return false;
  }
  return sameProperties(object, kind, snapshot, hidden);
}

function sameElements(array: readonly unknown[], body: readonly unknown[]): boolean {
  if (array.length !== body.length) return false;
  for (let index = 0; index < body.length; index++) {
    const item = array[index];
    if (item === body[index] && (item !== 0 || is(item, body[index])) && item !== undefined) {
      continue;
    }
    const present = item === undefined && !Object.hasOwn(array, index) ? HOLE : item;
    if (!is(present, body[index])) return false;
  }
  return true;
}

function sameProperties(
  object: object,
  kind: ObjectKind,
  snapshot: ObjectState,
  hidden: ReadonlySet<PropertyKey> | undefined,
): boolean {
  const { keys, flags, values } = snapshot;
  const own = hidden
    ? listKeys(object, kind).filter((key) => !hidden.has(key))
    : listKeys(object, kind);
  if (own.length !== keys.length) return false;
  let at = 0;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    if (own[index] !== key) return false;
    if (flags[index]! & ACCESSOR) {
      const property = getOwnPropertyDescriptor(object, key);
      if (property?.get !== values[at++] || property?.set !== values[at++]) return false;
    } else if (!is((object as Record<PropertyKey, unknown>)[key], values[at++])) {
      return false;
    }
  }
  return true;
}
