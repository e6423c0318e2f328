/**
 * Names for the objects that every realm has of its own, so that a prototype or a global function crosses between two
 * processes as a name and each side keeps its own.
 *
 * Runs inside the children, before any foreign code.
 *
 * @module
 */

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

/** Both directions between an object (or symbol) that every realm has and its name. */
export interface Intrinsics {
  readonly nameOf: ReadonlyMap<unknown, string>;
  readonly byName: ReadonlyMap<string, unknown>;
  /** Lets another object cross under the name of an intrinsic one. */
  alias(object: object, intrinsic: object): void;
}

/** Globals that differ between processes or give access to the process itself. */
const SKIPPED: readonly string[] = ["Deno", "process", "window", "self", "global", "frames"];
/** Deep enough for methods of prototypes; what hangs below a method is nothing of its own. */
const MAX_DEPTH = 3;

/** Prototypes that no property of the global object leads to. */
function hiddenRoots(): readonly (readonly [string, unknown])[] {
  function* generator() {}
  async function* asyncGenerator() {}
  const proto = (value: unknown) => getPrototypeOf(value as object);
  return [
    ["GeneratorFunction", proto(generator)!],
    ["AsyncGeneratorFunction", proto(asyncGenerator)!],
    ["AsyncFunction", proto(async () => {})!],
    ["ArrayIterator", proto([][Symbol.iterator]())!],
    ["MapIterator", proto(new Map()[Symbol.iterator]())!],
    ["SetIterator", proto(new Set()[Symbol.iterator]())!],
    ["StringIterator", proto(""[Symbol.iterator]())!],
    ["RegExpStringIterator", proto("".matchAll(/x/g))!],
    ["IteratorHelper", proto([].values().map(() => 0))!],
    ["TypedArray", proto(Uint8Array)!],
    ["Buffer", (globalThis as { Buffer?: unknown }).Buffer],
  ];
}

/** Walks the global object and collects every object on the way. */
export function collectIntrinsics(): Intrinsics {
  const nameOf = new Map<unknown, string>();
  const byName = new Map<string, unknown>();

  function visit(name: string, value: unknown, depth: number): void {
    const kind = typeof value;
    if (kind === "symbol") return add(name, value);
    if ((kind !== "object" && kind !== "function") || value === null || nameOf.has(value)) return;
    add(name, value);
    if (depth >= MAX_DEPTH) return;
    for (const key of ownKeys(value as object)) {
      const part = typeof key === "symbol" ? `@@${key.description}` : key;
      if (depth === 0 && SKIPPED.includes(part)) continue;
      const property = getOwnPropertyDescriptor(value as object, key)!;
      if ("value" in property) visit(`${name}.${part}`, property.value, depth + 1);
      else if (depth > 0) {
        visit(`${name}.get ${part}`, property.get, depth + 1);
        visit(`${name}.set ${part}`, property.set, depth + 1);
      }
    }
    visit(`${name}.__proto__`, getPrototypeOf(value as object), depth + 1);
  }

  function add(name: string, value: unknown): void {
    if (nameOf.has(value)) return;
    nameOf.set(value, name);
    byName.set(name, value);
  }

  visit("globalThis", globalThis, 0);
  for (const [name, value] of hiddenRoots()) visit(name, value, 1);
  const alias = (object: object, intrinsic: object) =>
    void nameOf.set(object, nameOf.get(intrinsic)!);
  return { nameOf, byName, alias };
}
