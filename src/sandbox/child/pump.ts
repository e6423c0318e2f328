/**
 * Drives two event loops as one: lets both processes do what is ready, then moves their clock to the next timer.
 *
 * Runs inside the tests' process.
 *
 * @module
 */
import { type Due, isEarlier, type VirtualClock } from "./clock.ts";
import type { Peer } from "./rpc.ts";

/** Real waits, milliseconds each and their number, for work that no timer announces. */
const WAIT_MS = 5;
const MAX_WAITS = 20;

/** Runs both sides' work until something is done. */
export class Pump {
  readonly #peer: Peer;
  readonly #clock: VirtualClock;

  /** Drives the tests' own loop by `clock` and the candidate's through `peer`. */
  constructor(peer: Peer, clock: VirtualClock) {
    this.#peer = peer;
    this.#clock = clock;
  }

  /**
   * Waits for a promise while both sides work.
   *
   * @param limitMs Most that the clock may move.
   * @throws {Error} If the limit passes, or nothing is left that could settle the promise.
   * @throws {unknown} What a timer's function throws, and what the promise rejects with.
   */
  async until<T>(work: Promise<T>, limitMs: number): Promise<T> {
    let done = false;
    const finish = () => void (done = true);
    work.then(finish, finish);
    const last = this.#clock.now + limitMs;
    let waits = 0;
    for (;;) {
      await this.#clock.turn();
      if (done) return await work;
      if (this.#exchange()) {
        waits = 0;
      } else if (this.#advance(last)) {
        waits = 0;
      } else if (waits++ < MAX_WAITS) {
        this.#peer.ask("wait", WAIT_MS);
        await this.#clock.wait(WAIT_MS);
      } else {
        throw new Error("did not finish");
      }
    }
  }

  #due: Due | null = null;

  /** Messages sent when the candidate last had nothing left to do. */
  #quietAt = -1;

  /** Gives the candidate a turn; tells whether anything passed between the sides. */
  #exchange(): boolean {
    const hadNews = this.#peer.hasNews;
    if (!hadNews && this.#peer.sent === this.#quietAt) return false;
    const before = this.#peer.activity;
    this.#due = this.#peer.ask("turn", null) as Due | null;
    if (hadNews || this.#peer.activity !== before) return true;
    this.#quietAt = this.#peer.sent;
    return false;
  }

  #advance(last: number): boolean {
    const mine = this.#clock.due;
    const theirs = this.#due;
    if (!mine && !theirs) return false;
    const mineIsFirst = mine !== null && (!theirs || isEarlier(mine, theirs));
    if ((mineIsFirst ? mine : theirs!)[0] > last) throw new Error("did not finish in time");
    if (mineIsFirst) this.#clock.runNext();
    else this.#peer.ask("fire", null);
    return true;
  }
}
