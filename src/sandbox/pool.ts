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
   * @throws {SandboxError} If children do not start, or the pool is closed.
   */
  async use<T>(work: (child: Child) => Promise<T>): Promise<T> {
    if (this.#working >= this.#size) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else {
      this.#working++;
    }
    try {
      const child = await this.#take();
      try {
        return await work(child);
      } finally {
        this.#discard(child);
      }
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
   * @throws {SandboxError} If children do not start, or the pool is closed.
   */
  async usePair<T>(work: (first: Child, second: Child) => Promise<T>): Promise<T> {
    return await this.use(async (first) => {
      const second = await this.#take();
      try {
        return await work(first, second);
      } finally {
        this.#discard(second);
      }
    });
  }

  async #take(): Promise<Child> {
    for (let failures = 0;; failures++) {
      if (this.#closed) throw new SandboxError("Cannot run a program: the sandbox is closed");
      const child = this.#waiting.shift() ?? new Child(this.#spec);
      this.#fill();
      try {
        await child.ready;
        return child;
      } catch (error) {
        if (failures >= MAX_BOOT_FAILURES) throw error;
      }
    }
  }

  #discard(child: Child): void {
    const ending = child[Symbol.asyncDispose]().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Kills every child and waits for their end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const child of this.#waiting.splice(0)) this.#discard(child);
    await Promise.all(this.#ending);
  }
}
