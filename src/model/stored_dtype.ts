/**
 * Number formats of stored tensors, and their conversion from and to f32.
 *
 * @module
 */

/** A format that tensors are stored in. */
export type StoredDType = "F32" | "F16" | "BF16";

/** Bytes of one value. */
export const DTYPE_BYTES: Readonly<Record<StoredDType, number>> = { F32: 4, F16: 2, BF16: 2 };

/**
 * Reads stored values.
 *
 * @param bytes Little-endian values of `dtype`; the start of its buffer must be the start of the values.
 */
export function decodeValues(dtype: StoredDType, bytes: ArrayBuffer): Float32Array<ArrayBuffer> {
  if (dtype === "F32") return new Float32Array(bytes);
  if (dtype === "F16") return new Float32Array(new Float16Array(bytes));
  const values = new Float32Array(bytes.byteLength / 2);
  const bits = new Uint32Array(values.buffer);
  const halves = new Uint16Array(bytes);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return values;
}

/**
 * Rounds values to a stored format, ties to even.
 *
 * @returns Little-endian bytes.
 * @throws {RangeError} If a finite value is beyond the format's range.
 */
export function encodeValues(dtype: StoredDType, values: Float32Array): Uint8Array<ArrayBuffer> {
  if (dtype === "F32") return new Uint8Array(values.slice().buffer);
  const stored = dtype === "F16" ? new Float16Array(values) : toBfloat16(values);
  values.forEach((value, i) => {
    const infinite = dtype === "F16" ? !isFinite(stored[i]!) : (stored[i]! & 0x7fff) === 0x7f80;
    if (infinite && isFinite(value)) {
      throw new RangeError(`Cannot store ${value} as ${dtype}: beyond its range`);
    }
  });
  return new Uint8Array(stored.buffer);
}

/** Rounds f32 to its upper 16 bits, ties to even; NaN stays NaN. */
function toBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.slice().buffer);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const word = bits[i]!;
    const isNaN = (word & 0x7fffffff) > 0x7f800000;
    halves[i] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}
