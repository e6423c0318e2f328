/**
 * Tensors: a named, shaped window on a GPU buffer. Row-major, last axis contiguous.
 *
 * @module
 */
import { DeviceError, ShapeError } from "../base/mod.ts";

/** Blocks of rows begin at multiples of this, so that columns made from them begin at aligned offsets. */
const BLOCK_ROWS = 64;

/** Element type; every element is four bytes but a half (`f16`), of which two share a word. */
export type DType = "f32" | "u32" | "i32" | "f16";

/** The host array that holds the elements of a {@linkcode DType}. */
export type HostArray =
  | Float32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>;

/**
 * A window on a GPU buffer. Several tensors may share one buffer.
 *
 * A table that no single binding or buffer can hold is in blocks of rows, each on a buffer of its own; kernels take them
 * one after the other (see {@linkcode rowBlocks}).
 */
export interface Tensor {
  /** What it is, for messages and for the buffer's label. */
  readonly label: string;
  /** The buffer that holds it; the first block's where it is in blocks. */
  readonly buffer: GPUBuffer;
  /** First byte of the window, a multiple of the device's storage offset alignment. */
  readonly offset: number;
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: DType;
  /** Consecutive blocks of its rows, of a multiple of 64 rows each but the last; left out where it is in one piece. */
  readonly blocks?: readonly Tensor[];
}

/** Some consecutive rows of a tensor. */
export interface RowBlock {
  /** The rows. */
  readonly tensor: Tensor;
  /** Number of the first one in the whole. */
  readonly first: number;
}

/** The blocks of a tensor in order: itself where it is in one piece. */
export function rowBlocks(tensor: Tensor): RowBlock[] {
  let first = 0;
  return (tensor.blocks ?? [tensor]).map((block) => {
    const start = first;
    first += block.shape[0]!;
    return { tensor: block, first: start };
  });
}

/**
 * Numbers of rows of the blocks that a table `[rows, cols]` is cut into, as equal as multiples of 64 allow.
 *
 * @param mostBytes That a block may have.
 * @throws {DeviceError} If a block of 64 rows has more.
 */
export function cutRows(rows: number, cols: number, mostBytes: number): number[] {
  const most = Math.floor(mostBytes / (4 * cols));
  if (rows <= most) return [rows];
  const aligned = Math.floor(most / BLOCK_ROWS) * BLOCK_ROWS;
  if (aligned === 0) {
    throw new DeviceError(
      `Cannot cut a table of ${cols} columns: ${BLOCK_ROWS} rows take ${4 * cols * BLOCK_ROWS} ` +
        `bytes, a binding holds ${mostBytes}`,
    );
  }
  const count = Math.ceil(rows / aligned);
  const each = Math.ceil(rows / count / BLOCK_ROWS) * BLOCK_ROWS;
  return Array.from({ length: Math.ceil(rows / each) }, (_, i) => Math.min(each, rows - i * each));
}

/** Number of elements of a shape; the empty shape is a scalar. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Bytes of a tensor's window. */
export function byteLength({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): number {
  return elements(shape) * elementBytes(dtype);
}

/**
 * Bytes that a kernel is shown of a tensor: whole vectors of four words. Of halves in fours, the last vector may be half
 * beyond the end; every buffer is that long.
 */
export function boundBytes(tensor: Pick<Tensor, "shape" | "dtype">): number {
  const bytes = byteLength(tensor);
  return tensor.dtype === "f16" ? Math.ceil(bytes / 16) * 16 : bytes;
}

/** Bytes of one element. */
export function elementBytes(dtype: DType): number {
  return dtype === "f16" ? 2 : 4;
}

/**
 * Checks a shape before a kernel is encoded.
 *
 * @throws {ShapeError} If the tensor's, or image's, shape is not `shape`.
 */
export function expectShape(
  what: string,
  tensor: Pick<Tensor, "shape">,
  shape: readonly number[],
): void {
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
