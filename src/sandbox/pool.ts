/**
 * Children booted ahead of need: one job each, then a fresh one takes the place.
 *
 * @module
 */
import { SandboxError } from "../base/mod.ts";
import { Child, type ChildSpec } from "./child.ts";

const MAX_BOOT_FAILURES = 3;

/** Keeps `size` children waiting and lets at most `size` work. */
export class Pool implements AsyncDisposable {
  readonly #spec: ChildSpec;
  readonly #size: number;
  readonly #waiting: Child[] = [];
  readonly #queue: (() => void)[] = [];
  readonly #lent = new Set<Child>();
  readonly #ending = new Set<Promise<void>>();
  #working = 0;
  #closed = false;

  /** Starts the first children. */
  constructor(spec: ChildSpec, size: number) {
    this.#spec = spec;
    this.#size = size;
    this.#fill();
  }

  #fill(): void {
    while (!this.#closed && this.#waiting.length < this.#size) {
      this.#waiting.push(new Child(this.#spec));
    }
  }

  /**
   * Gives a fresh child to `work` and kills it afterwards.
   *
   * @param extraMb Heap beyond that of the pool's children, MiB; such a child is started only now.
   * @throws {SandboxError} If children do not start, or the pool is closed.
   */
  async use<T>(work: (child: Child) => Promise<T>, extraMb = 0): Promise<T> {
    if (this.#working >= this.#size) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else {
      this.#working++;
    }
    try {
      return await this.#lend(work, extraMb);
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#working--;
    }
  }

  /**
   * Gives two fresh children to `work` and kills them afterwards; they count as one, so that pairs cannot wait for each
   * other.
   *
   * @param extraMb Heap of the first beyond that of the pool's children, MiB.
   * @throws {SandboxError} If children do not start, or the pool is closed.
   */
  async usePair<T>(
    work: (first: Child, second: Child) => Promise<T>,
    extraMb = 0,
  ): Promise<T> {
    return await this.use((first) => this.#lend((second) => work(first, second), 0), extraMb);
  }

  async #lend<T>(work: (child: Child) => Promise<T>, extraMb: number): Promise<T> {
    const child = await this.#take(extraMb);
    this.#lent.add(child);
    try {
      const done = work(child);
      this.#fill(); // only now that the child is at work: starting a process holds up this thread
      return await done;
    } finally {
      this.#lent.delete(child);
      this.#discard(child);
    }
  }

  async #take(extraMb: number): Promise<Child> {
    for (let failures = 0;; failures++) {
      if (this.#closed) throw new SandboxError("Cannot run a program: the sandbox is closed");
      const child = extraMb === 0 ? this.#firstReady() : new Child({
        ...this.#spec,
        memoryMb: this.#spec.memoryMb + extraMb,
      });
      try {
        await child.ready;
        return child;
      } catch (error) {
        if (failures >= MAX_BOOT_FAILURES) throw error;
      }
    }
  }

  /** A child that has booted, if any has; otherwise the one that was started first. */
  #firstReady(): Child {
    const at = this.#waiting.findIndex((child) => child.isReady);
    const [child] = this.#waiting.splice(Math.max(0, at), 1);
    return child ?? new Child(this.#spec);
  }

  #discard(child: Child): void {
    const ending = child[Symbol.asyncDispose]().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Kills every child, also those at work, and waits for their end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const child of this.#lent) this.#discard(child);
    for (const child of this.#waiting.splice(0)) this.#discard(child);
    await Promise.all(this.#ending);
  }
}
