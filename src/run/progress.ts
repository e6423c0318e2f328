/**
 * Progress of a long job on stderr: a bar on a terminal, a line a step elsewhere.
 *
 * @module
 */
import cliProgress from "cli-progress";
import { writeNote } from "./output.ts";

/** Where a job stands. */
export interface ProgressState {
  /** Steps finished. */
  readonly step: number;
  /** What is being done, for example `repairing`. */
  readonly phase: string;
  /** Share of the running step that is done, 0 to 1. */
  readonly fraction?: number;
  /** Sampled and trained tokens per second. */
  readonly tokensPerSecond?: number;
  /** Newest rewards by role. */
  readonly rewards?: Readonly<Record<string, number>>;
}

/** The part of `cli-progress` that is used; it has no types of its own. */
interface Bars {
  create(total: number, value: number, payload: object): {
    update(value: number, payload: object): void;
  };
  update(): void;
  log(line: string): void;
  stop(): void;
}

/** Something that shows lines of progress. */
interface Display {
  show(done: number, line: string, newStep: boolean): void;
  note(line: string): void;
  close(): void;
}

/** Shows where a job stands until it is disposed. */
export class Progress implements Disposable {
  readonly #total: number;
  readonly #display: Display;
  readonly #startMs: number = performance.now();
  #first: number | undefined;
  #last: ProgressState = { step: -1, phase: "" };

  /**
   * Starts to show progress.
   *
   * @param total Steps of the whole job, those of an earlier start included.
   * @param terminal Whether stderr is a terminal that a bar can be drawn on.
   */
  constructor(total: number, terminal: boolean = Deno.stderr.isTerminal()) {
    this.#total = total;
    this.#display = terminal ? barDisplay(total) : lineDisplay();
  }

  /** Shows a new state; what it leaves out keeps its last value. */
  update(state: ProgressState): void {
    const { fraction: _, ...last } = this.#last;
    const newStep = state.step !== last.step;
    this.#last = { ...last, ...state };
    const done = state.step + (state.fraction ?? 0);
    this.#first ??= done;
    const elapsedMs = performance.now() - this.#startMs;
    const leftMs = elapsedMs / (done - this.#first) * (this.#total - done);
    this.#display.show(done, describeProgress(this.#last, this.#total, leftMs / 1000), newStep);
  }

  /** Writes a line without disturbing the bar. */
  note(line: string): void {
    this.#display.note(line);
  }

  /** Removes the bar. */
  [Symbol.dispose](): void {
    this.#display.close();
  }
}

/**
 * One line about a state.
 *
 * @param state Where the job stands.
 * @param total Steps of the whole job.
 * @param secondsLeft Estimate; not shown while it is not finite.
 */
export function describeProgress(
  state: ProgressState,
  total: number,
  secondsLeft: number,
): string {
  const parts = [`step ${state.step}/${total}`, state.phase];
  if (Number.isFinite(secondsLeft)) parts.push(`${duration(secondsLeft)} left`);
  if (state.tokensPerSecond) parts.push(`${Math.round(state.tokensPerSecond)} tokens/s`);
  const rewards = Object.entries(state.rewards ?? {}).map(([role, r]) => `${role} ${r.toFixed(2)}`);
  if (rewards.length > 0) parts.push(`reward ${rewards.join(", ")}`);
  return parts.join(" · ");
}

/** `45s`, `3m05s`, `2h07m`. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (n: number): string => String(n).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${pad(whole % 60)}s`;
  return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`;
}

function barDisplay(total: number): Display {
  const bars: Bars = new cliProgress.MultiBar({
    format: "{bar} {line}",
    barsize: 24,
    hideCursor: true,
    linewrap: false,
    clearOnComplete: true,
  }, cliProgress.Presets.shades_classic);
  const bar = bars.create(total, 0, { line: "" });
  return {
    show: (done, line) => {
      bar.update(done, { line });
      bars.update(); // now: its own timer waits while the GPU is waited for
    },
    note: (line) => bars.log(`${line}\n`),
    close: () => bars.stop(),
  };
}

const LINE_EVERY_MS = 10_000;

/** A line for each step, and between steps when a while has passed. */
function lineDisplay(): Display {
  let lastMs = -Infinity;
  return {
    show: (_done, line, newStep) => {
      if (!newStep && performance.now() - lastMs < LINE_EVERY_MS) return;
      lastMs = performance.now();
      writeNote(line);
    },
    note: writeNote,
    close: () => {},
  };
}
