/**
 * Brings an object into a state that object_state.ts has read from its counterpart.
 *
 * Runs inside the children.
 *
 * @module
 */
import type { ObjectKind } from "./object_kind.ts";
import { ACCESSOR, Bytes, HOLE, type ObjectState, readState, sameItems } from "./object_state.ts";

const { defineProperty, deleteProperty, apply, setPrototypeOf, preventExtensions } = Reflect;
const { is, freeze } = Object;
const mapClear = Map.prototype.clear;
const mapSet = Map.prototype.set;
const setClear = Set.prototype.clear;
const setAdd = Set.prototype.add;
const setTime = Date.prototype.setTime;

/** Brings an object into a state; what the object does not allow is left out. */
export function writeState(
  object: object,
  kind: ObjectKind,
  state: ObjectState,
  hidden?: ReadonlySet<PropertyKey>,
): void {
  const current = readState(object, kind, hidden);
  if (current.proto !== state.proto) setPrototypeOf(object, state.proto);
  if (!sameItems(current.body, state.body)) writeBody(object, kind, state.body);
  writeProperties(object, current, state);
  if (state.closed === 2) freezeAny(object, kind);
  else if (state.closed === 1) preventExtensions(object);
}

function freezeAny(object: object, kind: ObjectKind): void {
  if (kind !== "view") freeze(object); // elements of a view cannot be frozen
  else preventExtensions(object);
}

function writeBody(object: object, kind: ObjectKind, body: readonly unknown[]): void {
  switch (kind) {
    case "array": {
      const array = object as unknown[];
      array.length = body.length;
      for (let index = 0; index < body.length; index++) {
        if (body[index] === HOLE) delete array[index];
        else if (!is(array[index], body[index]) || body[index] === undefined) {
          defineProperty(array, index, { ...ASSIGNED, value: body[index] });
        }
      }
      break;
    }
    case "map":
      apply(mapClear, object, []);
      for (let at = 0; at < body.length; at += 2) apply(mapSet, object, [body[at], body[at + 1]]);
      break;
    case "set":
      apply(setClear, object, []);
      for (const item of body) apply(setAdd, object, [item]);
      break;
    case "date":
      apply(setTime, object, [body[0]]);
      break;
    case "error":
      defineProperty(object, "stack", { value: body[0], writable: true, configurable: true });
      break;
    case "buffer":
      new Bytes(object).set(Bytes.fromBase64(body[0] as string));
  }
}

const ASSIGNED = { writable: true, enumerable: true, configurable: true };

function writeProperties(object: object, current: ObjectState, state: ObjectState): void {
  const wanted = new Set(state.keys);
  for (const key of current.keys) if (!wanted.has(key)) deleteProperty(object, key);
  const kept = current.keys.filter((key) => wanted.has(key));
  if (!kept.every((key, index) => key === state.keys[index])) {
    for (const key of kept) deleteProperty(object, key); // restores the order of the keys
  }
  let at = 0;
  state.keys.forEach((key, index) => {
    const flags = state.flags[index]!;
    const attributes = { enumerable: (flags & 2) !== 0, configurable: (flags & 4) !== 0 };
    if (flags & ACCESSOR) {
      const [get, set] = [state.values[at++], state.values[at++]] as [() => unknown, () => void];
      defineProperty(object, key, { ...attributes, get, set });
    } else {
      defineProperty(object, key, {
        ...attributes,
        writable: (flags & 1) !== 0,
        value: state.values[at++],
      });
    }
  });
}
