/**
 * Makes the local object that stands for one of the other process, before its state is filled in.
 *
 * Runs inside the children.
 *
 * @module
 */
import { isConstructor, type ObjectKind, opaqueMembers } from "./object_kind.ts";

/** What a kind of object is made from; all of it stays fixed for the object's life. */
export type Recipe = readonly unknown[];

/** How stand-ins reach the other process. */
export interface RemoteCalls {
  /** Calls a function there; with `newTarget` it constructs. */
  call(id: number, self: unknown, args: unknown[], newTarget: unknown): unknown;
  /** Calls a method of an opaque object there. */
  invoke(id: number, key: PropertyKey, args: unknown[]): unknown;
  /** Reads a property of an opaque object there. */
  read(id: number, key: PropertyKey): unknown;
  /** Writes a property of an opaque object there. */
  write(id: number, key: PropertyKey, value: unknown): void;
  /** Keeps what settles the local stand-in of a promise there. */
  expect(id: number, settle: (ok: boolean, value: unknown) => void): void;
  /** Reports to the other process how a promise of this one settles. */
  watch(id: number, promise: Promise<unknown>): void;
}

interface Replica {
  readonly object: object;
  /** Keys that belong to the stand-in, not to the state. */
  readonly hidden: ReadonlySet<PropertyKey> | undefined;
}

const { defineProperty } = Reflect;

/** What the other side needs to make its stand-in of an object. */
export function recipeOf(
  object: object,
  kind: ObjectKind,
  isIntrinsic: (value: unknown) => boolean,
): Recipe {
  switch (kind) {
    case "function":
      return [isConstructor(object)];
    case "regexp":
      return [(object as RegExp).source, (object as RegExp).flags];
    case "boxed":
      return [object.valueOf()];
    case "buffer":
      return [(object as ArrayBuffer).byteLength];
    case "view": {
      const view = object as Uint8Array;
      const name = Object.prototype.toString.call(view).slice(8, -1);
      return [name, view.buffer, view.byteOffset, view.length ?? view.byteLength];
    }
    case "opaque":
      return [...opaqueMembers(object, isIntrinsic)].flat();
    default:
      return [];
  }
}

/** Makes the stand-in from what {@linkcode recipeOf} told. */
export function makeReplica(
  id: number,
  kind: ObjectKind,
  recipe: Recipe,
  remote: RemoteCalls,
): Replica {
  if (kind === "opaque") return opaqueReplica(id, recipe, remote);
  return { object: replicaObject(id, kind, recipe, remote), hidden: undefined };
}

function replicaObject(id: number, kind: ObjectKind, recipe: Recipe, remote: RemoteCalls): object {
  switch (kind) {
    case "array":
      return [];
    case "arguments":
      return emptyArguments();
    case "map":
      return new Map();
    case "set":
      return new Set();
    case "date":
      return new Date(0);
    case "regexp":
      return new RegExp(recipe[0] as string, recipe[1] as string);
    case "error":
      return withoutMessage(new Error());
    case "boxed":
      return Object(recipe[0]);
    case "buffer":
      return new ArrayBuffer(recipe[0] as number);
    case "view":
      return viewOf(recipe);
    case "promise":
      return promiseReplica(id, remote);
    case "function":
      return functionReplica(id, recipe[0] === true, remote);
    default:
      return {};
  }
}

function emptyArguments(): object {
  return (function () {
    return arguments;
  })();
}

function withoutMessage(error: Error): Error {
  Reflect.deleteProperty(error, "message");
  return error;
}

function viewOf([name, buffer, offset, length]: Recipe): object {
  const View = (globalThis as unknown as Record<string, new (...args: unknown[]) => object>)[
    name as string
  ];
  if (!View) throw new TypeError(`Cannot share a view of type ${name}`);
  return new View(buffer, offset, length);
}

function promiseReplica(id: number, remote: RemoteCalls): object {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  promise.catch(() => {}); // whoever awaits the stand-in sees the rejection
  remote.expect(id, (ok, value) => ok ? resolve(value) : reject(value));
  return promise;
}

function functionReplica(id: number, constructs: boolean, remote: RemoteCalls): object {
  if (!constructs) {
    return {
      standIn(this: unknown, ...args: unknown[]) {
        return remote.call(id, this, args, undefined);
      },
    }.standIn;
  }
  return function (this: unknown, ...args: unknown[]) {
    return remote.call(id, new.target ? undefined : this, args, new.target);
  };
}

function opaqueReplica(id: number, recipe: Recipe, remote: RemoteCalls): Replica {
  const object = {};
  const hidden = new Set<PropertyKey>();
  for (let at = 0; at < recipe.length; at += 2) {
    const key = recipe[at] as PropertyKey;
    hidden.add(key);
    if (recipe[at + 1] === "method") {
      const value = (...args: unknown[]) => remote.invoke(id, key, args);
      defineProperty(object, key, { value, configurable: true, writable: true });
    } else {
      const get = () => remote.read(id, key);
      const set = (value: unknown) => remote.write(id, key, value);
      defineProperty(object, key, { get, set, configurable: true });
    }
  }
  return { object, hidden };
}
