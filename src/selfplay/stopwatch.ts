/**
 * Seconds of each phase of a round.
 *
 * @module
 */
import type { Phase } from "./types.ts";

/** Measures phases that follow one another; a phase may come more than once. */
export class Stopwatch {
  readonly #seconds = new Map<Phase, number>();
  readonly #onPhase: ((phase: Phase) => void) | undefined;
  #running: { readonly phase: Phase; readonly since: number } | undefined;

  /** Reports each phase that begins. */
  constructor(onPhase?: (phase: Phase) => void) {
    this.#onPhase = onPhase;
  }

  /** Ends the phase before and begins another. */
  start(phase: Phase): void {
    this.stop();
    this.#running = { phase, since: performance.now() };
    this.#onPhase?.(phase);
  }

  /** Ends the running phase. */
  stop(): void {
    if (this.#running === undefined) return;
    const { phase, since } = this.#running;
    const seconds = (performance.now() - since) / 1000;
    this.#seconds.set(phase, (this.#seconds.get(phase) ?? 0) + seconds);
    this.#running = undefined;
  }

  /** `seconds.<phase>` of every phase measured. */
  metrics(): Record<string, number> {
    return Object.fromEntries([...this.#seconds].map(([phase, s]) => [`seconds.${phase}`, s]));
  }
}
