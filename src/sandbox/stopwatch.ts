/**
 * Times named kinds of work that come in several turns.
 *
 * @module
 */

/** How long one kind of work took. */
export interface WorkTimes {
  /** Jobs measured, count. */
  readonly jobs: number;
  /** Median and 99th percentile of one job's time, milliseconds. */
  readonly ms: number;
  readonly p99: number;
  /** Jobs a second over all. */
  readonly perSecond: number;
}

/** Runs jobs, `width` at a time, and adds up their times. */
export class Stopwatch {
  readonly #width: number;
  readonly #kinds = new Map<string, { seconds: number; readonly jobs: number[] }>();

  /** Starts with nothing measured. */
  constructor(width: number) {
    this.#width = width;
  }

  /** Runs `count` jobs of a kind. */
  async run(name: string, count: number, job: (index: number) => Promise<unknown>): Promise<void> {
    const kind = this.#kinds.get(name) ?? { seconds: 0, jobs: [] };
    this.#kinds.set(name, kind);
    let next = 0;
    async function work(): Promise<void> {
      for (let index = next++; index < count; index = next++) {
        const started = performance.now();
        await job(index);
        kind.jobs.push(performance.now() - started);
      }
    }
    const started = performance.now();
    await Promise.all(Array.from({ length: this.#width }, work));
    kind.seconds += (performance.now() - started) / 1000;
  }

  /** What has been measured, in the order in which it first ran. */
  times(): Map<string, WorkTimes> {
    return new Map(Array.from(this.#kinds, ([name, { seconds, jobs }]) => {
      const sorted = jobs.toSorted((a, b) => a - b);
      const quantile = (share: number) =>
        sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
      const perSecond = sorted.length / seconds;
      return [name, { jobs: sorted.length, ms: quantile(0.5), p99: quantile(0.99), perSecond }];
    }));
  }
}
