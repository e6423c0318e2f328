/**
 * Learning-rate schedules: pure functions of the step.
 *
 * @module
 */

/** A warm-up followed by a cosine decay (Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5, one period). */
export interface CosineSchedule {
  /** Highest rate, reached when the warm-up ends. */
  readonly peak: number;
  /** Rate at the last step, as a share of `peak`. */
  readonly floor: number;
  /** Steps of linear warm-up. */
  readonly warmup: number;
  /** Steps in all. */
  readonly steps: number;
}

/** Learning rate of a step, counted from 0; constant at the floor beyond the last step. */
export function cosineRate(schedule: CosineSchedule, step: number): number {
  const { peak, floor, warmup, steps } = schedule;
  if (step < warmup) return peak * (step + 1) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - 1 - warmup));
  return peak * (floor + (1 - floor) * (1 + Math.cos(Math.PI * progress)) / 2);
}
