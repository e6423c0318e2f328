/**
 * Seeded inputs, already rounded to f32 so that the GPU and the reference read the same numbers.
 *
 * @module
 */
import type { Rng } from "../../src/base/mod.ts";

/** Standard normal values, rounded to f32. */
export function normals(rng: Rng, count: number, scale = 1): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, () => rng.normal() * scale);
}

/** Integers in [0, below). */
export function integers(rng: Rng, count: number, below: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, () => rng.int(below));
}

/** A float64 copy for a reference. */
export function float64(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values);
}

/** Of `rows` rows those that are wanted, and at the end their number, as decoding lists them: u32 `[rows + 1]`. */
export function liveList(rows: number, wanted: readonly number[]): Uint32Array<ArrayBuffer> {
  const list = new Uint32Array(rows + 1).fill(0xffffffff);
  list.set(wanted);
  list[rows] = wanted.length;
  return list;
}
