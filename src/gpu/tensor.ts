/**
 * Tensors: a named, shaped window on a GPU buffer. Row-major, last axis contiguous.
 *
 * @module
 */
import { ShapeError } from "../base/mod.ts";

/** Element type; every element is four bytes. */
export type DType = "f32" | "u32" | "i32";

/** The host array that holds the elements of a {@linkcode DType}. */
export type HostArray =
  | Float32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>;

/** A window on a GPU buffer. Several tensors may share one buffer. */
export interface Tensor {
  /** What it is, for messages and for the buffer's label. */
  readonly label: string;
  /** The buffer that holds it. */
  readonly buffer: GPUBuffer;
  /** First byte of the window, a multiple of the device's storage offset alignment. */
  readonly offset: number;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: DType;
}

/** Number of elements of a shape; the empty shape is a scalar. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Bytes of a tensor's window. */
export function byteLength(tensor: Tensor): number {
  return elements(tensor.shape) * 4;
}

/**
 * Checks a shape before a kernel is encoded.
 *
 * @throws {ShapeError} If the tensor's shape is not `shape`.
 */
export function expectShape(what: string, tensor: Tensor, shape: readonly number[]): void {
  const same = tensor.shape.length === shape.length &&
    tensor.shape.every((length, i) => length === shape[i]);
  if (!same) throw new ShapeError(what, shape, tensor.shape);
}

/**
 * The same window under another shape.
 *
 * @throws {ShapeError} If the number of elements differs.
 */
export function reshape(tensor: Tensor, shape: readonly number[]): Tensor {
  if (elements(shape) !== elements(tensor.shape)) {
    throw new ShapeError(`${tensor.label} reshaped`, shape, tensor.shape);
  }
  return { ...tensor, shape };
}
