/**
 * Objects shared by two processes.
 *
 * Each process holds a real object of its own for every shared one, so that built-in functions, identity and
 * `instanceof` work on both sides. Only one process runs at a time; whenever control passes to the other side, the
 * state of every shared object that changed travels along. Functions stay at home: the other side gets a stand-in that
 * calls across.
 *
 * Runs inside the children.
 *
 * @module
 */
import type { Intrinsics } from "./intrinsics.ts";
import { kindOf, type ObjectKind } from "./object_kind.ts";
import { HOLE, isUnchanged, type ObjectState, PLAIN_PROPERTY, readState } from "./object_state.ts";
import { writeState } from "./object_write.ts";
import { makeReplica, recipeOf, type RemoteCalls } from "./replica.ts";
import { Scan } from "./scan.ts";

/** A value on the way: JSON primitives are themselves, everything else is `[tag, ...]`. */
export type Wire = null | boolean | number | string | readonly Wire[];

/** The state of one object on the way: id, then what a new object is made from (or null), then its state. */
export type ObjectUpdate = readonly [id: number, recipe: Wire, state: Wire];

interface Shared {
  readonly object: object;
  readonly kind: ObjectKind;
  readonly hidden: ReadonlySet<PropertyKey> | undefined;
  snapshot: ObjectState | undefined;
}

const { is } = Object;
const { isFinite } = Number;
const { isArray } = Array;

/** One side's table of shared objects. */
export class Heap {
  readonly #intrinsics: Intrinsics;
  readonly #remote: RemoteCalls;
  readonly #step = 2;
  #nextId: number;
  readonly #shared = new Map<number, Shared>();
  readonly #symbols = new Map<number, symbol>();
  readonly #ids = new Map<unknown, number>();
  /** Ids of all shared objects, and of those that the other side does not know yet. */
  readonly #order: number[] = [];
  readonly #unsent: number[] = [];
  readonly #scan = new Scan();

  /**
   * Starts an empty table.
   *
   * @param side Even ids belong to the tests, odd ones to the candidate.
   */
  constructor(side: "tests" | "candidate", intrinsics: Intrinsics, remote: RemoteCalls) {
    this.#nextId = side === "tests" ? 2 : 1;
    this.#intrinsics = intrinsics;
    this.#remote = remote;
  }

  /** Whether this side made the object of an id, and so may be asked to call it. */
  owns(id: number): boolean {
    return id % this.#step === this.#nextId % this.#step;
  }

  /** The object of an id. @throws {RangeError} If there is none. */
  object(id: number): object {
    const shared = this.#shared.get(id);
    if (!shared) throw new RangeError(`Cannot find shared object ${id}`);
    return shared.object;
  }

  /** Whether a key names a method or accessor that an opaque object of this side offers to the other. */
  offers(id: number, key: PropertyKey): boolean {
    return this.#shared.get(id)?.kind === "opaque" && this.owns(id) &&
      key in this.object(id);
  }

  /** Writes a value; objects that the other side does not know yet go with the next updates. */
  encode(value: unknown): Wire {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return isFinite(value) && !is(value, -0)
          ? value
          : ["n", is(value, -0) ? "-0" : String(value)];
      case "undefined":
        return ["u"];
      case "bigint":
        return ["b", String(value)];
      case "symbol":
        return this.#encodeSymbol(value);
    }
    if (value === null) return null;
    const name = this.#intrinsics.nameOf.get(value);
    return name === undefined ? ["#", this.#share(value as object)] : ["@", name];
  }

  #encodeSymbol(value: symbol): Wire {
    if (value === HOLE) return ["h"];
    const name = this.#intrinsics.nameOf.get(value);
    if (name !== undefined) return ["@", name];
    const key = Symbol.keyFor(value);
    if (key !== undefined) return ["k", key];
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#takeId();
      this.#ids.set(value, id);
      this.#symbols.set(id, value);
    }
    return ["y", id, value.description ?? ["u"]];
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId += this.#step;
    return id;
  }

  #share(object: object): number {
    const known = this.#ids.get(object);
    if (known !== undefined) {
      this.#scan.mention(known);
      return known;
    }
    const id = this.#takeId();
    const kind = kindOf(object, (value) => this.#intrinsics.nameOf.has(value));
    this.#ids.set(object, id);
    this.#shared.set(id, { object, kind, hidden: undefined, snapshot: undefined });
    this.#order.push(id);
    this.#unsent.push(id);
    if (kind === "promise") this.#remote.watch(id, object as Promise<unknown>);
    return id;
  }

  /** Reads a value; every object in it must be shared already. */
  decode(wire: Wire): unknown {
    if (!isArray(wire)) return wire;
    const tag = wire[0] as string;
    const detail = wire[1] as Wire;
    switch (tag) {
      case "u":
        return undefined;
      case "n":
        return Number(detail);
      case "b":
        return BigInt(detail as string);
      case "h":
        return HOLE;
      case "k":
        return Symbol.for(detail as string);
      case "@":
        return this.#intrinsics.byName.get(detail as string);
      case "y":
        return this.#decodeSymbol(detail as number, this.decode(wire[2]!) as string | undefined);
      case "#":
        this.#scan.mention(detail as number);
        return this.object(detail as number);
    }
    throw new TypeError(`Cannot decode a shared value: unknown tag "${tag}"`);
  }

  #decodeSymbol(id: number, description: string | undefined): symbol {
    let symbol = this.#symbols.get(id);
    if (!symbol) {
      symbol = Symbol(description);
      this.#symbols.set(id, symbol);
      this.#ids.set(symbol, id);
    }
    return symbol;
  }

  /** Collects the state of objects that are new or have changed since control last passed. */
  takeUpdates(): ObjectUpdate[] {
    const updates: ObjectUpdate[] = [];
    const snapshotOf = (id: number) => this.#shared.get(id)?.snapshot;
    for (const id of this.#scan.take(this.#order, snapshotOf, (value) => this.#ids.get(value))) {
      const { object, kind, hidden, snapshot } = this.#shared.get(id)!;
      if (snapshot && !isUnchanged(object, kind, snapshot, hidden)) updates.push(this.#update(id));
    }
    for (const id of this.#unsent) updates.push(this.#update(id)); // also visits what encoding adds
    this.#unsent.length = 0;
    return updates;
  }

  #update(id: number): ObjectUpdate {
    const shared = this.#shared.get(id)!;
    const { object, kind, hidden, snapshot } = shared;
    const state = readState(object, kind, hidden);
    shared.snapshot = state;
    const parts = snapshot ? undefined : recipeOf(object, kind, this.#isIntrinsic);
    const recipe = parts ? [kind, ...parts.map((part) => this.encode(part))] : null;
    return [id, recipe, this.#encodeState(state)];
  }

  readonly #isIntrinsic = (value: unknown): boolean => this.#intrinsics.nameOf.has(value);

  #encodeState(state: ObjectState): Wire {
    const properties: Wire[] = [];
    let at = 0;
    state.keys.forEach((key, index) => {
      const flags = state.flags[index]!;
      properties.push(this.encode(key), flags, this.encode(state.values[at++]));
      if (flags > PLAIN_PROPERTY) properties.push(this.encode(state.values[at++]));
    });
    const body = state.body.map((item) => this.encode(item));
    return [this.encode(state.proto), state.closed, body, properties];
  }

  /** Takes over what the other side changed. */
  applyUpdates(updates: readonly ObjectUpdate[]): void {
    const views = updates.filter(([, recipe]) => isArray(recipe) && recipe[0] === "view");
    for (const update of updates) if (!views.includes(update)) this.#make(update);
    for (const update of views) this.#make(update);
    for (const [id, , wire] of updates) {
      const shared = this.#shared.get(id)!;
      writeState(shared.object, shared.kind, this.#decodeState(wire), shared.hidden);
    }
    for (const [id] of updates) {
      const shared = this.#shared.get(id)!;
      shared.snapshot = readState(shared.object, shared.kind, shared.hidden);
    }
  }

  #make([id, recipe]: ObjectUpdate): void {
    if (this.#shared.has(id)) return;
    if (!isArray(recipe) || this.owns(id)) throw new TypeError(`Cannot make shared object ${id}`);
    const [kind, ...parts] = recipe as [ObjectKind, ...Wire[]];
    const { object, hidden } = makeReplica(
      id,
      kind,
      parts.map((part) => this.decode(part)),
      this.#remote,
    );
    this.#ids.set(object, id);
    this.#shared.set(id, { object, kind, hidden, snapshot: undefined });
    this.#order.push(id);
  }

  #decodeState(wire: Wire): ObjectState {
    const [proto, closed, body, properties] = wire as readonly [Wire, 0 | 1 | 2, Wire[], Wire[]];
    const keys: PropertyKey[] = [];
    const flags: number[] = [];
    const values: unknown[] = [];
    for (let at = 0; at < properties.length;) {
      keys.push(this.decode(properties[at++]!) as PropertyKey);
      const attributes = properties[at++] as number;
      flags.push(attributes);
      values.push(this.decode(properties[at++]!));
      if (attributes > PLAIN_PROPERTY) values.push(this.decode(properties[at++]!));
    }
    return {
      proto: this.decode(proto) as object | null,
      closed,
      body: body.map((item) => this.decode(item)),
      keys,
      flags,
      values,
    };
  }
}
