/**
 * Mean and standard deviation, in float64.
 *
 * @module
 */
import { SMALLEST_STD } from "./types.ts";

/** Arithmetic mean; 0 of nothing. */
export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Population standard deviation (divides by n); 0 of nothing. */
export function stdOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}

/** `(value - mean) / std` of each value; all 0 where the standard deviation is under 1e-6. */
export function zScores(values: readonly number[]): number[] {
  const [mean, std] = [meanOf(values), stdOf(values)];
  return values.map((value) => std < SMALLEST_STD ? 0 : (value - mean) / std);
}
