/**
 * The safetensors file format: a JSON header of names, formats, shapes and offsets, then the values.
 *
 * Files are read a tensor at a time and produced a chunk at a time, so that a model need not fit in memory twice.
 *
 * @module
 */
import { z } from "zod";
import { CheckpointError } from "../base/mod.ts";
import { sizeOf } from "./parameters.ts";
import { decodeValues, DTYPE_BYTES, encodeValues, type StoredDType } from "./stored_dtype.ts";

/** A tensor to be written. */
export interface TensorShape {
  /** Name in the file. */
  readonly name: string;
  /** Row-major. */
  readonly shape: readonly number[];
}

/** A tensor in a file. */
export interface StoredTensor extends TensorShape {
  /** Format of its values. */
  readonly dtype: StoredDType;
  /** First byte in the file. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** Longest header that is read, bytes. */
const MAX_HEADER = 100e6;

const Header = z.record(
  z.string(),
  z.strictObject({
    dtype: z.enum(["F32", "F16", "BF16"], { error: "expected F32, F16 or BF16" }),
    shape: z.array(z.int().nonnegative()),
    ["data_offsets"]: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);

/** An open safetensors file. */
export class SafetensorsFile implements Disposable {
  /** Its tensors by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly #file: Deno.FsFile;
  readonly #path: string;

  private constructor(file: Deno.FsFile, path: string, tensors: readonly StoredTensor[]) {
    this.#file = file;
    this.#path = path;
    this.tensors = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws {CheckpointError} If the file is missing, truncated, or its header is not consistent.
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await Deno.open(path).catch((cause) => {
      throw new CheckpointError(`Cannot read ${path}: no such file`, { cause });
    });
    try {
      return new SafetensorsFile(file, path, await readHeader(file, path));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Reads one tensor, whatever its stored format, as f32.
   *
   * @throws {CheckpointError} If there is no tensor of that name or the file ends inside it.
   */
  async read(name: string): Promise<Float32Array<ArrayBuffer>> {
    const tensor = this.tensors.get(name);
    if (!tensor) throw new CheckpointError(`Cannot read ${this.#path}: tensor ${name} is missing`);
    const bytes = await readAt(this.#file, this.#path, tensor.offset, tensor.length);
    return decodeValues(tensor.dtype, bytes.buffer);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

async function readAt(
  file: Deno.FsFile,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) {
      throw new CheckpointError(
        `Cannot read ${path}: expected ${offset + length} bytes, the file ends at ${
          offset + filled
        }`,
      );
    }
    filled += count;
  }
  return bytes;
}

async function readHeader(file: Deno.FsFile, path: string): Promise<StoredTensor[]> {
  const { size } = await file.stat();
  const prefix = await readAt(file, path, 0, 8);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > Math.min(size - 8, MAX_HEADER)) {
    throw new CheckpointError(
      `Cannot read ${path}: header: expected at most ${size - 8} bytes, found ${length}`,
    );
  }
  const text = new TextDecoder().decode(await readAt(file, path, 8, length));
  const tensors = parseHeader(text, path, 8 + length);
  checkLayout(tensors, path, 8 + length, size);
  return tensors;
}

function parseHeader(text: string, path: string, dataStart: number): StoredTensor[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`Cannot read ${path}: header: expected JSON`, { cause });
  }
  const { __metadata__: _metadata, ...entries } = Object(json) as Record<string, unknown>;
  const result = Header.safeParse(entries);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw new CheckpointError(`Cannot read ${path}: ${issue.path.join(": ")}: ${issue.message}`);
  }
  return Object.entries(result.data).map(([name, { dtype, shape, data_offsets: [start, end] }]) => {
    return { name, dtype, shape, offset: dataStart + start, length: end - start };
  });
}

/** Tensors must lie one behind another, each as long as its shape says, up to the end of the file. */
function checkLayout(
  tensors: readonly StoredTensor[],
  path: string,
  dataStart: number,
  sizeBytes: number,
): void {
  let end = dataStart;
  for (const tensor of tensors.toSorted((a, b) => a.offset - b.offset || a.length - b.length)) {
    const { name, dtype, shape, offset, length } = tensor;
    const expected = sizeOf(shape) * DTYPE_BYTES[dtype];
    if (length !== expected) {
      throw new CheckpointError(
        `Cannot read ${path}: ${name}: expected ${expected} bytes for shape [${shape}], found ${length}`,
      );
    }
    if (offset !== end) {
      throw new CheckpointError(
        `Cannot read ${path}: ${name}: expected to start at byte ${end}, found ${offset}`,
      );
    }
    end += length;
  }
  if (end !== sizeBytes) {
    throw new CheckpointError(`Cannot read ${path}: expected ${end} bytes, found ${sizeBytes}`);
  }
}

/**
 * Produces a safetensors file, chunk by chunk.
 *
 * @param tensors What to write, in order.
 * @param dtype Format of all values.
 * @param read Called once for each tensor, in order, when its turn comes.
 * @throws {RangeError} If the values of a tensor do not fill its shape or are beyond the format's range.
 */
export async function* safetensorsChunks(
  tensors: readonly TensorShape[],
  dtype: StoredDType,
  read: (name: string) => Float32Array | Promise<Float32Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield header(tensors, dtype);
  for (const { name, shape } of tensors) {
    const values = await read(name);
    if (values.length !== sizeOf(shape)) {
      throw new RangeError(
        `Cannot write ${name}: expected ${
          sizeOf(shape)
        } values for shape [${shape}], current count is ${values.length}`,
      );
    }
    yield encodeTensor(name, dtype, values);
  }
}

function encodeTensor(
  name: string,
  dtype: StoredDType,
  values: Float32Array,
): Uint8Array<ArrayBuffer> {
  try {
    return encodeValues(dtype, values);
  } catch (cause) {
    throw new RangeError(`Cannot write ${name}: ${(cause as Error).message}`, { cause });
  }
}

/** Length and JSON of the header, padded with spaces so that the values are aligned to eight bytes. */
function header(tensors: readonly TensorShape[], dtype: StoredDType): Uint8Array<ArrayBuffer> {
  const entries: Record<string, unknown> = { ["__metadata__"]: { format: "pt" } };
  let start = 0;
  for (const { name, shape } of tensors) {
    const end = start + sizeOf(shape) * DTYPE_BYTES[dtype];
    entries[name] = { dtype, shape, ["data_offsets"]: [start, end] };
    start = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
