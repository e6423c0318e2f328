/**
 * Synchronous calls between the tests' process and the candidate's.
 *
 * Control is a token: the side that sends a message blocks until an answer comes, and serves the calls that come first. No
 * state is ever written by both sides at once.
 *
 * Runs inside the children.
 *
 * @module
 */
import type { VirtualClock } from "./clock.ts";
import { Heap, type ObjectUpdate, type Wire } from "./heap.ts";
import type { Intrinsics } from "./intrinsics.ts";
import { readLine, writeLine } from "./line_io.ts";
import { applyRealmPatch, RealmWatch } from "./realm_patches.ts";
import type { RemoteCalls } from "./replica.ts";

/** What a message asks for, or how it answers. */
type Body =
  | readonly [kind: "call", id: number, self: Wire, args: Wire, constructs: boolean]
  | readonly [kind: "invoke", id: number, key: Wire, args: Wire]
  | readonly [kind: "read", id: number, key: Wire]
  | readonly [kind: "write", id: number, key: Wire, value: Wire]
  | readonly [kind: "return" | "throw", value: Wire]
  | readonly [kind: "ask", question: string, value: Wire];

/** How a promise of the sender has settled. */
type Settlement = readonly [id: number, ok: boolean, value: Wire];

interface Message {
  readonly body: Body;
  readonly updates: readonly ObjectUpdate[];
  readonly settled: readonly Settlement[];
  /** Changes in the built-in objects of the tests' realm. */
  readonly realm?: readonly (readonly [owner: string, key: Wire, property: Wire])[];
  /** The sender's clock and its count of timers. */
  readonly clock: readonly [now: number, order: number];
}

/** What a message takes on the clock, milliseconds; about what it really takes. */
const MESSAGE_MS = 0.05;

const { apply, construct, get, set } = Reflect;

/** One side of the connection. */
export class Peer implements RemoteCalls {
  readonly #heap: Heap;
  readonly #clock: VirtualClock;
  readonly #side: "tests" | "candidate";
  #watch: RealmWatch | undefined;
  readonly #expected = new Map<number, (ok: boolean, value: unknown) => void>();
  readonly #outbox: [number, boolean, unknown][] = [];
  /** Messages other than answers seen so far: a sign that something happened. */
  activity = 0;
  /** Messages sent so far. */
  sent = 0;

  /** Opens a side; nothing is sent before the first call. */
  constructor(side: "tests" | "candidate", intrinsics: Intrinsics, clock: VirtualClock) {
    this.#heap = new Heap(side, intrinsics, this);
    this.#clock = clock;
    this.#side = side;
  }

  /** From now on carries along what tests change in the built-in objects that their text mentions. */
  watchRealm(testText: string): void {
    this.#watch = new RealmWatch(testText);
  }

  call(id: number, self: unknown, args: unknown[], newTarget: unknown): unknown {
    const { encode } = this.#coder();
    const result = this.#request([
      "call",
      id,
      encode(self),
      args.map(encode),
      newTarget !== undefined,
    ]);
    const own = this.#heap.object(id);
    if (newTarget !== undefined && newTarget !== own) {
      const { prototype } = newTarget as { prototype: object };
      Reflect.setPrototypeOf(result as object, prototype);
    }
    return result;
  }

  invoke(id: number, key: PropertyKey, args: unknown[]): unknown {
    const { encode } = this.#coder();
    return this.#request(["invoke", id, encode(key), args.map(encode)]);
  }

  read(id: number, key: PropertyKey): unknown {
    return this.#request(["read", id, this.#heap.encode(key)]);
  }

  write(id: number, key: PropertyKey, value: unknown): void {
    const { encode } = this.#coder();
    this.#request(["write", id, encode(key), encode(value)]);
  }

  expect(id: number, settle: (ok: boolean, value: unknown) => void): void {
    this.#expected.set(id, settle);
  }

  watch(id: number, promise: Promise<unknown>): void {
    const settle = (ok: boolean) => (value: unknown) => void this.#outbox.push([id, ok, value]);
    apply(Promise.prototype.then, promise, [settle(true), settle(false)]);
  }

  /** Whether promises have settled that the other side waits for. */
  get hasNews(): boolean {
    return this.#outbox.length > 0;
  }

  /** Asks the other side's event loop something; see `serveForever` for what it answers. */
  ask(question: string, value: unknown): unknown {
    return this.#request(["ask", question, this.#heap.encode(value)]);
  }

  #coder() {
    return { encode: (value: unknown) => this.#heap.encode(value) };
  }

  #request(body: Body): unknown {
    this.#send(body);
    for (;;) {
      const answer = this.#receive();
      if (answer[0] === "return") return this.#heap.decode(answer[1]);
      if (answer[0] === "throw") throw this.#heap.decode(answer[1]);
      this.activity++;
      this.#serve(answer);
    }
  }

  #send(body: Body): void {
    this.sent++;
    const settled: Settlement[] = this.#outbox.splice(0)
      .map(([id, ok, value]) => [id, ok, this.#heap.encode(value)]);
    const realm = this.#watch?.take().map(([owner, key, property]) =>
      [
        owner,
        this.#heap.encode(key),
        property ? [property.attributes, this.#heap.encode(property.value)] : null,
      ] as const
    ) ?? [];
    const updates = this.#heap.takeUpdates();
    this.#clock.now += MESSAGE_MS;
    const clock = [this.#clock.now, this.#clock.order] as const;
    const message: Message = { body, updates, settled, clock };
    writeLine(realm.length > 0 ? { ...message, realm } : message);
  }

  #receive(): Body {
    const message = readLine() as Message | undefined;
    if (!message) Deno.exit(0);
    this.#heap.applyUpdates(message.updates);
    if (this.#side === "candidate") this.#patchRealm(message.realm ?? []);
    const [now, order] = message.clock;
    this.#clock.now = Math.max(this.#clock.now, now);
    this.#clock.order = Math.max(this.#clock.order, order);
    for (const [id, ok, value] of message.settled) {
      this.activity++;
      this.#expected.get(id)?.(ok, this.#heap.decode(value));
      this.#expected.delete(id);
    }
    return message.body;
  }

  #patchRealm(patches: NonNullable<Message["realm"]>): void {
    for (const [owner, key, property] of patches) {
      const changed = property as readonly [number, Wire] | null;
      applyRealmPatch([
        owner,
        this.#heap.decode(key) as PropertyKey,
        changed ? { attributes: changed[0], value: this.#heap.decode(changed[1]) } : undefined,
      ]);
    }
  }

  #serve(body: Body): void {
    let kind: "return" | "throw" = "return";
    let value: unknown;
    try {
      value = this.#perform(body);
    } catch (error) {
      kind = "throw";
      value = error;
    }
    this.answer(kind, value);
  }

  /** Answers the other side's last message. */
  answer(kind: "return" | "throw", value: unknown): void {
    this.#send([kind, this.#heap.encode(value)]);
  }

  #perform(body: Body): unknown {
    const decode = (wire: Wire) => this.#heap.decode(wire);
    const [kind, id] = body as readonly [string, number];
    if (!this.#heap.owns(id)) throw new TypeError("Cannot call what is not here");
    const target = this.#heap.object(id);
    if (kind === "call") {
      const [, , self, args, constructs] = body as Extract<Body, readonly ["call", ...unknown[]]>;
      const values = (args as Wire[]).map(decode);
      const callee = target as () => unknown;
      return constructs ? construct(callee, values) : apply(callee, decode(self), values);
    }
    const key = decode(body[2] as Wire) as PropertyKey;
    if (!this.#heap.offers(id, key)) throw new TypeError("Cannot use what is not offered");
    if (kind === "invoke") {
      return apply(get(target, key) as () => unknown, target, (body[3] as Wire[]).map(decode));
    }
    return kind === "read" ? get(target, key) : set(target, key, decode(body[3] as Wire));
  }

  /**
   * Serves the other side until it ends. Questions are answered by `onAsk`, which may take turns of the event loop; calls
   * run at once.
   */
  async serveForever(
    onAsk: (question: string, value: unknown) => Promise<unknown>,
  ): Promise<never> {
    for (;;) {
      const body = this.#receive();
      if (body[0] !== "ask") {
        this.#serve(body);
        continue;
      }
      try {
        this.answer("return", await onAsk(body[1], this.#heap.decode(body[2])));
      } catch (error) {
        this.answer("throw", error);
      }
    }
  }
}
