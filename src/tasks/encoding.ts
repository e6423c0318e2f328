/**
 * Test values as JSON: what JSON cannot hold is written as an object with the single tag key `$`.
 *
 *   NaN, -0, undefined, Infinity, -Infinity   {"$": "NaN"} and so on
 *   BigInt, Date                              {"$": "BigInt", "value": "12"}, {"$": "Date", "value": iso}
 *   Map, Set                                  {"$": "Map", "value": [[k, v], ...]}, {"$": "Set", "value": [v, ...]}
 *   a plain object with an own key "$"        {"$": "Object", "value": [[k, v], ...]}
 *
 * @module
 */
import type { Encoded } from "./types.ts";

function encodeNumber(value: number): Encoded {
  if (Object.is(value, -0)) return { $: "-0" };
  return Number.isFinite(value) ? value : { $: String(value) };
}

function encodeObject(value: object): Encoded {
  if (Array.isArray(value)) return value.map(encodeValue);
  if (value instanceof Map) {
    return { $: "Map", value: [...value].map(([k, v]) => [encodeValue(k), encodeValue(v)]) };
  }
  if (value instanceof Set) return { $: "Set", value: [...value].map(encodeValue) };
  if (value instanceof Date) {
    return { $: "Date", value: Number.isNaN(value.getTime()) ? "Invalid" : value.toISOString() };
  }
  const entries = Object.entries(value).map(([key, item]) => [key, encodeValue(item)] as const);
  if (Object.hasOwn(value, "$")) return { $: "Object", value: entries };
  return Object.fromEntries(entries);
}

/**
 * Writes a value as JSON with explicit tags.
 *
 * @throws {TypeError} If the value holds a function or a symbol.
 */
export function encodeValue(value: unknown): Encoded {
  if (value === undefined) return { $: "undefined" };
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return encodeNumber(value);
  if (typeof value === "bigint") return { $: "BigInt", value: String(value) };
  if (typeof value === "object") return encodeObject(value);
  throw new TypeError(`Cannot encode a test value: expected data, current type is ${typeof value}`);
}

function decodeTagged(tag: Encoded, value: Encoded | undefined): unknown {
  const pairs = () =>
    (value as [Encoded, Encoded][]).map(([k, v]) => [decodeValue(k), decodeValue(v)] as const);
  switch (tag) {
    case "undefined":
      return undefined;
    case "NaN":
    case "-0":
    case "Infinity":
    case "-Infinity":
      return Number(tag);
    case "BigInt":
      return BigInt(value as string);
    case "Date":
      return new Date(value as string);
    case "Map":
      return new Map(pairs());
    case "Set":
      return new Set((value as Encoded[]).map(decodeValue));
    case "Object":
      return Object.fromEntries(pairs());
  }
  throw new TypeError(`Cannot decode a test value: unknown tag ${JSON.stringify(tag)}`);
}

/**
 * Reads a value that {@linkcode encodeValue} wrote.
 *
 * @throws {TypeError} If a tag is unknown.
 */
export function decodeValue(encoded: Encoded): unknown {
  if (encoded === null || typeof encoded !== "object") return encoded;
  if (Array.isArray(encoded)) return encoded.map(decodeValue);
  const record = encoded as { readonly [key: string]: Encoded };
  if (Object.hasOwn(record, "$")) return decodeTagged(record["$"]!, record["value"]);
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, decodeValue(item)]));
}

function showTagged(record: { readonly [key: string]: Encoded }): string {
  const value = record["value"] as readonly Encoded[] | string | undefined;
  if (value === undefined) return String(record["$"]);
  if (typeof value === "string") return record["$"] === "BigInt" ? `${value}n` : `Date(${value})`;
  if (record["$"] === "Set") return `Set(${value.map(showValue).join(",")})`;
  const pairs = (value as readonly (readonly [Encoded, Encoded])[]).map(([k, v]) =>
    `${showValue(k)}:${showValue(v)}`
  );
  return record["$"] === "Map" ? `Map(${pairs.join(",")})` : `{${pairs.join(",")}}`;
}

/** A short text of an encoded value for people and models: `[1,2]`, `"ab"`, `{a:1}`, `NaN`. */
export function showValue(encoded: Encoded): string {
  if (encoded === null || typeof encoded !== "object") return JSON.stringify(encoded);
  if (Array.isArray(encoded)) return `[${encoded.map(showValue).join(",")}]`;
  const record = encoded as { readonly [key: string]: Encoded };
  if (Object.hasOwn(record, "$")) return showTagged(record);
  const fields = Object.entries(record).map(([key, item]) => {
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key);
    return `${name}:${showValue(item)}`;
  });
  return `{${fields.join(",")}}`;
}
