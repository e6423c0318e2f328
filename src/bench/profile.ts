/**
 * A profile: where the GPU's time went, kernel by kernel, and how long it had nothing to do.
 *
 * @module
 */
import type { GpuTimes } from "../gpu/mod.ts";

/** Upper bounds of the classes that idle gaps are counted in, milliseconds; the last class has none. */
const GAP_BOUNDS = [0.1, 1, 10, 100];

/** Time of one kernel entry point. */
export interface ProfileRow {
  /** `kernel/entry_point`. */
  readonly name: string;
  /** Number of dispatches. */
  readonly calls: number;
  /** Their sum, milliseconds. */
  readonly ms: number;
  /** Share of the time of all kernels. */
  readonly share: number;
}

/** Idle gaps of about one length. */
export interface GapRow {
  /** Shorter than this, and not in a class before, milliseconds; null is no bound. */
  readonly below: number | null;
  /** Number of gaps. */
  readonly count: number;
  /** Their sum, milliseconds. */
  readonly ms: number;
}

/** Where the GPU's time went. */
export interface Profile {
  /** From the start of the first dispatch to the end of the last, milliseconds. */
  readonly spanMs: number;
  /** Time within kernels, milliseconds. */
  readonly busyMs: number;
  /** Share of the span in which no kernel ran. */
  readonly idleShare: number;
  /** Longest first. */
  readonly kernels: readonly ProfileRow[];
  /** Time between kernels, by the length of the gaps. */
  readonly gaps: readonly GapRow[];
}

/** Sums timestamps up. */
export function profileOf({ kernels, spanMs, gapsMs }: GpuTimes): Profile {
  const busyMs = kernels.reduce((sum, { ms }) => sum + ms, 0);
  const gaps = [...GAP_BOUNDS, null].map((below, i): GapRow => {
    const from = GAP_BOUNDS[i - 1] ?? 0;
    const within = gapsMs.filter((ms) => ms >= from && (below === null || ms < below));
    return { below, count: within.length, ms: within.reduce((sum, ms) => sum + ms, 0) };
  });
  return {
    spanMs,
    busyMs,
    idleShare: spanMs > 0 ? gapsMs.reduce((sum, ms) => sum + ms, 0) / spanMs : 0,
    kernels: kernels.map((row) => ({ ...row, share: row.ms / busyMs })),
    gaps,
  };
}

/** The profile as Markdown tables. */
export function profileTable({ spanMs, busyMs, idleShare, kernels, gaps }: Profile): string {
  return [
    `${spanMs.toFixed(1)} ms from the first kernel to the last, ${
      busyMs.toFixed(1)
    } ms in kernels, ` +
    `${percent(idleShare)} idle.`,
    "",
    "| kernel | calls | ms | us a call | share |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...kernels.map(({ name, calls, ms, share }) =>
      `| ${name} | ${calls} | ${ms.toFixed(2)} | ${(1000 * ms / calls).toFixed(1)} | ${
        percent(share)
      } |`
    ),
    "",
    "| idle gaps | count | ms |",
    "| --- | ---: | ---: |",
    ...gaps.map(({ below, count, ms }) =>
      `| ${below === null ? "longer" : `below ${below} ms`} | ${count} | ${ms.toFixed(2)} |`
    ),
    "",
  ].join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
