/**
 * Carries what a test changes in the built-in objects of its realm (`Math.random = ...`, a method added to a prototype)
 * into the candidate's realm. Nothing ever travels the other way.
 *
 * Runs inside the children.
 *
 * @module
 */

/** A changed property: name of the built-in object, key, attributes and value, or nothing if it was deleted. */
export type RealmPatch = readonly [
  owner: string,
  key: PropertyKey,
  property: { readonly attributes: number; readonly value: unknown } | undefined,
];

const { ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty } = Reflect;

/** Objects that tests change, and the words in a test text that make it worth looking. */
const WATCHED: readonly (readonly [name: string, object: object, word: RegExp])[] = [
  ["globalThis", globalThis, /\b(?:globalThis|global|window)\b/],
  ["globalThis.Math", Math, /\bMath\b/],
  ["globalThis.JSON", JSON, /\bJSON\b/],
  ["globalThis.Date", Date, /\bDate\b/],
  ["globalThis.console", globalThis["console"], /\bconsole\b/],
  ["globalThis.performance", performance, /\bperformance\b/],
  ...[
    Object,
    Array,
    String,
    Number,
    Boolean,
    Function,
    Symbol,
    RegExp,
    Map,
    Set,
    Date,
    Error,
    Promise,
  ]
    .map((type) =>
      [
        `globalThis.${type.name}.prototype`,
        type.prototype,
        new RegExp(`\\b${type.name}\\.prototype\\b`),
      ] as const
    ),
];

type Attributes = Map<PropertyKey, PropertyDescriptor>;

function dataProperties(object: object): Attributes {
  const found: Attributes = new Map();
  for (const key of ownKeys(object)) {
    const property = getOwnPropertyDescriptor(object, key)!;
    if ("value" in property) found.set(key, property);
  }
  return found;
}

/** Watches the built-in objects that a test text mentions. */
export class RealmWatch {
  readonly #known: { readonly name: string; readonly object: object; properties: Attributes }[];

  /** Starts from the present state. */
  constructor(testText: string) {
    this.#known = WATCHED.filter(([, , word]) => word.test(testText))
      .map(([name, object]) => ({ name, object, properties: dataProperties(object) }));
  }

  /** What has changed since the last time. */
  take(): RealmPatch[] {
    const patches: RealmPatch[] = [];
    for (const entry of this.#known) {
      const { name, properties: before } = entry;
      const now = dataProperties(entry.object);
      for (const [key, property] of now) {
        if (Object.is(before.get(key)?.value, property.value) && before.has(key)) continue;
        const attributes = (property.writable ? 1 : 0) | (property.enumerable ? 2 : 0) |
          (property.configurable ? 4 : 0);
        patches.push([name, key, { attributes, value: property.value }]);
      }
      for (const key of before.keys()) if (!now.has(key)) patches.push([name, key, undefined]);
      entry.properties = now;
    }
    return patches;
  }
}

/** Makes one change in this realm. */
export function applyRealmPatch([owner, key, property]: RealmPatch): void {
  const object = WATCHED.find(([name]) => name === owner)?.[1];
  if (!object) return;
  if (!property) {
    deleteProperty(object, key);
    return;
  }
  const { attributes, value } = property;
  defineProperty(object, key, {
    value,
    writable: (attributes & 1) !== 0,
    enumerable: (attributes & 2) !== 0,
    configurable: (attributes & 4) !== 0,
  });
}
