/**
 * Chooses which shared objects to look at for changes before control passes to the other process.
 *
 * All of them while they are few. Of many, those that can be reached from what the message mentions, and a few others in
 * turn: an object that the other side kept by itself, that no message mentions and that changed just now, may then be
 * seen a little late.
 *
 * Runs inside the children.
 *
 * @module
 */
import type { ObjectState } from "./object_state.ts";

/** Up to this number every object is looked at. */
const FEW = 300;
/** Most objects followed from one message. */
const MAX_REACHED = 600;
/** Objects taken in turn for each message. */
const IN_TURN = 40;

/** Remembers what a message mentions. */
export class Scan {
  readonly #mentioned = new Set<number>();
  #turn = 0;

  /** Notes that the next message mentions an object. */
  mention(id: number): void {
    this.#mentioned.add(id);
  }

  /**
   * Takes the objects to look at, and forgets what was mentioned.
   *
   * @param ids Ids of all shared objects, oldest first.
   * @param snapshotOf The last known state of an object.
   * @param idOf The id of a shared object.
   */
  take(
    ids: readonly number[],
    snapshotOf: (id: number) => ObjectState | undefined,
    idOf: (value: unknown) => number | undefined,
  ): Iterable<number> {
    if (ids.length <= FEW) {
      this.#mentioned.clear();
      return ids;
    }
    const reached = new Set(this.#mentioned);
    this.#mentioned.clear();
    for (const id of reached) { // also visits what is added
      if (reached.size >= MAX_REACHED) break;
      const snapshot = snapshotOf(id);
      if (!snapshot) continue;
      for (const value of [snapshot.proto, ...snapshot.body.slice(0, FEW), ...snapshot.values]) {
        const next = typeof value === "object" || typeof value === "function"
          ? idOf(value)
          : undefined;
        if (next !== undefined) reached.add(next);
      }
    }
    for (let count = 0; count < IN_TURN; count++) reached.add(ids[this.#turn++ % ids.length]!);
    return reached;
  }
}
