/**
 * A clock that no one has to wait for.
 *
 * Time stands still while code runs, except that each look at the clock takes a microsecond, so that a loop that waits for
 * a time ends; when everything waits for timers, the clock jumps to the next one. Programs with delays therefore run at
 * once, and every run sees the same times.
 *
 * Runs inside the children; the clocks of two processes are kept equal by rpc.ts.
 *
 * @module
 */

/** Where every clock starts: a fixed instant, so that runs repeat. */
const START_MS = Date.UTC(2026, 0, 1);
const LOOK_MS = 0.001;

const RealDate = Date;
/**
 * Reads a global that Deno loads at first use, when it is first used: the real timers take longer to load than the whole
 * process to start, and most programs never need them.
 */
function laterGlobal<T>(name: string): () => T {
  const property = Object.getOwnPropertyDescriptor(globalThis, name)!;
  return () => property.get ? property.get.call(globalThis) : property.value;
}

const realTimeout = laterGlobal<(run: () => void, ms: number) => number>("setTimeout");
const realImmediate = laterGlobal<(run: () => void) => void>("setImmediate");
const { construct } = Reflect;

interface Timer {
  readonly id: number;
  readonly order: number;
  readonly due: number;
  /** Milliseconds between calls, or `undefined` for a single one. */
  readonly every: number | undefined;
  readonly run: () => void;
}

/** A due time and, among equal ones, the order in which the timers were set. */
export type Due = readonly [due: number, order: number];

/** Replaces the timers and clocks of this realm. */
export class VirtualClock {
  /** Milliseconds since the epoch. */
  now: number = START_MS;
  /** Number of timers set so far, in both processes together. */
  order = 0;
  #nextId = 1;
  readonly #timers = new Map<number, Timer>();

  /** Puts the clock in place of the realm's own. */
  install(): void {
    const look = () => this.#look();
    const set = (every: boolean) => (run: unknown, delay?: unknown, ...args: unknown[]) =>
      this.#set(() => typeof run === "function" && run(...args), Number(delay), every);
    const clear = (id?: unknown) => void this.#timers.delete(Number(id));
    const replaced = {
      Date: virtualDate(look),
      setTimeout: set(false),
      setInterval: set(true),
      setImmediate: (run: unknown, ...args: unknown[]) => set(false)(run, 0, ...args),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    };
    for (const [name, value] of Object.entries(replaced)) {
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
    }
    Object.assign(performance, { now: () => look() - START_MS });
    AbortSignal.timeout = (delay: number) => {
      const controller = new AbortController();
      const reason = new DOMException("Signal timed out.", "TimeoutError");
      this.#set(() => controller.abort(reason), delay, false);
      return controller.signal;
    };
  }

  #look(): number {
    this.now += LOOK_MS;
    return this.now;
  }

  #set(run: () => void, delay: number, every: boolean): number {
    const ms = delay > 1 ? Math.min(delay, 2 ** 31) : 1;
    const id = this.#nextId++;
    const timer = {
      id,
      order: this.order++,
      due: this.now + ms,
      every: every ? ms : undefined,
      run,
    };
    this.#timers.set(id, timer);
    return id;
  }

  /** The timer that is due next, if there is any. */
  get due(): Due | null {
    const timer = this.#next();
    return timer ? [timer.due, timer.order] : null;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (!next || isEarlier([timer.due, timer.order], [next.due, next.order])) next = timer;
    }
    return next;
  }

  /** Moves the clock to the next timer and runs it. */
  runNext(): void {
    const timer = this.#next();
    if (!timer) return;
    this.now = Math.max(this.now, timer.due);
    this.#timers.delete(timer.id);
    if (timer.every !== undefined) {
      this.#timers.set(timer.id, { ...timer, order: this.order++, due: this.now + timer.every });
    }
    timer.run();
  }

  /** Lets everything that is ready run: resolved promises and what they lead to. */
  turn(): Promise<void> {
    return new Promise((resolve) => realImmediate()(resolve));
  }

  /** Really waits, for work that the engine does outside of timers. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => realTimeout()(resolve, ms));
  }
}

/** Whether one timer comes before another. */
export function isEarlier(a: Due, b: Due): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/** A `Date` whose present is the given clock's; its instances are ordinary dates. */
function virtualDate(look: () => number): DateConstructor {
  function VirtualDate(...args: unknown[]): unknown {
    if (!new.target) return new RealDate(look()).toString();
    const target = new.target === VirtualDate ? RealDate : new.target;
    return construct(RealDate, args.length === 0 ? [look()] : args, target);
  }
  Object.defineProperties(VirtualDate, {
    name: { value: "Date" },
    length: { value: 7 },
    prototype: { value: RealDate.prototype, writable: false },
    now: { value: () => Math.floor(look()), writable: true, configurable: true },
    parse: { value: RealDate.parse, writable: true, configurable: true },
    UTC: { value: RealDate.UTC, writable: true, configurable: true },
  });
  RealDate.prototype.constructor = VirtualDate;
  return VirtualDate as unknown as DateConstructor;
}
