/**
 * The tagged JSON in which values leave and enter a child process.
 *
 * This file also runs inside the children, so it imports nothing. It holds on to the built-ins it needs before any
 * candidate runs; a candidate that replaces them harms only itself.
 *
 * @module
 */

/** A value as JSON with `{"$": tag, "value": ...}` for what JSON lacks; see `Encoded` in types.ts. */
export type EncodedValue =
  | null
  | boolean
  | number
  | string
  | readonly EncodedValue[]
  | { readonly [key: string]: EncodedValue };

const MAX_DEPTH = 200;
const MAX_NODES = 400_000;

const { fromEntries, keys: ownKeys, is } = Object;
const { isArray } = Array;
const { isFinite } = Number;
const tagOf = Function.prototype.call.bind(Object.prototype.toString) as (value: unknown) => string;
const isView = ArrayBuffer.isView;

function tagged(tag: string, value?: EncodedValue): EncodedValue {
  return value === undefined ? { $: tag } : { $: tag, value };
}

function encodeNumber(value: number): EncodedValue {
  if (is(value, -0)) return tagged("-0");
  return isFinite(value) ? value : tagged(String(value));
}

function encodePrimitive(value: unknown): EncodedValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return encodeNumber(value);
    case "undefined":
      return tagged("undefined");
    case "bigint":
      return tagged("BigInt", String(value));
    case "function":
      return tagged("Function");
    case "symbol":
      return tagged("Symbol", String(value));
    default:
      return null;
  }
}

function encodeDate(date: Date): EncodedValue {
  const time = Date.prototype.getTime.call(date);
  return tagged("Date", isFinite(time) ? new Date(time).toISOString() : null);
}

/**
 * Encodes any value.
 *
 * Functions, symbols, regular expressions, errors and typed arrays become tags that no plain value equals; a value that
 * contains itself becomes `{"$": "Cycle"}` where it does.
 *
 * @throws {RangeError} If the value is nested deeper than 200 or has more than 400,000 parts.
 */
export function encodeValue(value: unknown): EncodedValue {
  return new Encoder().encode(value);
}

/** Encodes one value and counts its parts. */
class Encoder {
  readonly #path: object[] = [];
  #nodes = 0;

  encode(item: unknown): EncodedValue {
    if (++this.#nodes > MAX_NODES) throw new RangeError("the value has too many parts");
    if (typeof item !== "object" || item === null) return encodePrimitive(item);
    if (this.#path.includes(item)) return tagged("Cycle");
    if (this.#path.length >= MAX_DEPTH) throw new RangeError("the value is nested too deeply");
    this.#path.push(item);
    const encoded = this.#encodeObject(item);
    this.#path.pop();
    return encoded;
  }

  #encodeObject(object: object): EncodedValue {
    if (isArray(object)) return this.#encodeList(object);
    if (object instanceof Map) return tagged("Map", this.#encodeList(object));
    if (object instanceof Set) return tagged("Set", this.#encodeList(object));
    if (object instanceof Date) return encodeDate(object);
    if (object instanceof RegExp) return tagged("RegExp", String(object));
    if (object instanceof Error) {
      return tagged("Error", [String(object.name), String(object.message)]);
    }
    if (isView(object)) {
      return tagged(tagOf(object).slice(8, -1), this.#encodeList(object as Uint8Array));
    }
    if (object instanceof Number || object instanceof String || object instanceof Boolean) {
      return tagged("Boxed", this.encode(object.valueOf()));
    }
    return this.#encodePlain(object as Record<string, unknown>);
  }

  #encodeList(list: Iterable<unknown>): EncodedValue[] {
    const items: EncodedValue[] = [];
    for (const item of list) items.push(this.encode(item));
    return items;
  }

  #encodePlain(object: Record<string, unknown>): EncodedValue {
    const keys = ownKeys(object);
    const entries = keys.map((key) => [key, this.encode(object[key])] as const);
    return keys.includes("$") ? tagged("Object", entries) : fromEntries(entries);
  }
}

/**
 * Rebuilds a value from its encoding.
 *
 * @throws {TypeError} If a tag is not one that stands for a value.
 */
export function decodeValue(encoded: EncodedValue): unknown {
  if (typeof encoded !== "object" || encoded === null) return encoded;
  if (isArray(encoded)) return encoded.map(decodeValue);
  const object = encoded as { readonly [key: string]: EncodedValue };
  if (typeof object.$ === "string") return decodeTagged(object.$, object.value);
  return fromEntries(ownKeys(object).map((key) => [key, decodeValue(object[key]!)]));
}

function decodeTagged(tag: string, value: EncodedValue | undefined): unknown {
  const pairs = () => (value as [EncodedValue, EncodedValue][]);
  switch (tag) {
    case "undefined":
      return undefined;
    case "NaN":
    case "Infinity":
    case "-Infinity":
    case "-0":
      return Number(tag);
    case "BigInt":
      return BigInt(value as string);
    case "Map":
      return new Map(pairs().map(([key, item]) => [decodeValue(key), decodeValue(item)]));
    case "Set":
      return new Set((value as EncodedValue[]).map(decodeValue));
    case "Date":
      return new Date(value === null ? NaN : value as string);
    case "Object":
      return fromEntries(pairs().map(([key, item]) => [key as string, decodeValue(item)]));
    default:
      throw new TypeError(`Cannot decode a value: unknown tag "${tag}"`);
  }
}
