/**
 * What an object is made of, told by internal slots and not by what it says of itself.
 *
 * Runs inside the children.
 *
 * @module
 */

/** The kinds of object that are copied between processes, each with its own internal state. */
export type ObjectKind =
  | "object"
  | "array"
  | "arguments"
  | "map"
  | "set"
  | "date"
  | "regexp"
  | "error"
  | "function"
  | "promise"
  | "boxed"
  | "buffer"
  | "view"
  /** Generators, iterators, weak collections, platform objects: their state stays at home. */
  | "opaque";

const { getPrototypeOf, apply, get } = Reflect;
const { isArray } = Array;
const { isView } = ArrayBuffer;

function getter(prototype: object, key: PropertyKey): () => unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)!.get as () => unknown;
}

/** Each throws unless `this` has the slots that the class gives. */
const BRANDS: readonly (readonly [ObjectKind, object, () => unknown])[] = [
  ["map", Map.prototype, getter(Map.prototype, "size")],
  ["set", Set.prototype, getter(Set.prototype, "size")],
  ["date", Date.prototype, Date.prototype.getTime],
  ["regexp", RegExp.prototype, getter(RegExp.prototype, "hasIndices")],
  ["buffer", ArrayBuffer.prototype, getter(ArrayBuffer.prototype, "byteLength")],
  ["boxed", Number.prototype, Number.prototype.valueOf],
  ["boxed", String.prototype, String.prototype.valueOf],
  ["boxed", Boolean.prototype, Boolean.prototype.valueOf],
  ["boxed", Symbol.prototype, Symbol.prototype.valueOf],
  ["boxed", BigInt.prototype, BigInt.prototype.valueOf],
];
const promiseThen = Promise.prototype.then;
const toText = Object.prototype.toString;
const isError = (Error as unknown as { isError(value: unknown): boolean }).isError;

/** Prototypes whose instances need no slots of their own, or slots that are copied. */
const PLAIN: ReadonlySet<unknown> = new Set<unknown>([
  Object.prototype,
  Function.prototype,
  Array.prototype,
  Error.prototype,
  EvalError.prototype,
  RangeError.prototype,
  ReferenceError.prototype,
  SyntaxError.prototype,
  TypeError.prototype,
  URIError.prototype,
  AggregateError.prototype,
  Promise.prototype,
  ...BRANDS.map(([, prototype]) => prototype),
]);

function hasBrand(object: object, brand: () => unknown): boolean {
  try {
    apply(brand, object, []);
    return true;
  } catch {
    return false;
  }
}

function isPromise(object: object): object is Promise<unknown> {
  if (!(object instanceof Promise)) return false;
  try {
    const settled = apply(promiseThen, object, [undefined, () => {}]);
    return settled !== undefined;
  } catch {
    return false;
  }
}

/**
 * The kind of an object.
 *
 * @param isIntrinsic Whether an object belongs to every realm; a foreign prototype of this sort makes an object opaque.
 */
export function kindOf(object: object, isIntrinsic: (value: unknown) => boolean): ObjectKind {
  if (typeof object === "function") return "function";
  if (isArray(object)) return "array";
  const prototype = getPrototypeOf(object);
  if (prototype === null || prototype === Object.prototype) {
    return apply(toText, object, []) === "[object Arguments]" && isArguments(object)
      ? "arguments"
      : isError(object)
      ? "error"
      : "object";
  }
  if (isView(object)) return "view";
  if (isError(object)) return "error";
  if (isPromise(object)) return "promise";
  for (const [kind, ancestor, brand] of BRANDS) {
    if (inherits(object, ancestor) && hasBrand(object, brand)) return kind;
  }
  for (let at: object | null = prototype; at !== null; at = getPrototypeOf(at)) {
    if (isIntrinsic(at) && !PLAIN.has(at)) return "opaque";
  }
  return "object";
}

function inherits(object: object, ancestor: object): boolean {
  for (let at = getPrototypeOf(object); at !== null; at = getPrototypeOf(at)) {
    if (at === ancestor) return true;
  }
  return false;
}

function isArguments(object: object): boolean {
  return !Object.hasOwn(object, Symbol.toStringTag);
}

/** Whether `new` works on a function, found without running it. */
export function isConstructor(target: object): boolean {
  try {
    Reflect.construct(Object, [], target as () => void);
    return true;
  } catch {
    return false;
  }
}

/** Names of the methods and accessors that an opaque object has from the realm, nearest first. */
export function opaqueMembers(
  object: object,
  isIntrinsic: (value: unknown) => boolean,
): Map<PropertyKey, "method" | "accessor"> {
  const members = new Map<PropertyKey, "method" | "accessor">();
  for (let at = getPrototypeOf(object); at && at !== Object.prototype; at = getPrototypeOf(at)) {
    if (!isIntrinsic(at)) continue;
    for (const key of Reflect.ownKeys(at)) {
      if (key === "constructor" || key === Symbol.toStringTag || members.has(key)) continue;
      const property = Object.getOwnPropertyDescriptor(at, key)!;
      if (property.get) members.set(key, "accessor");
      else if (typeof get(property, "value") === "function") members.set(key, "method");
    }
  }
  return members;
}
