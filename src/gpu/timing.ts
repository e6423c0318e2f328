/**
 * Time per kernel from timestamp queries: one compute pass per dispatch, so it is a measuring mode, not the default.
 *
 * @module
 */
import type { PassTimer } from "./pass.ts";

/** Dispatches of one query set; WebGPU allows 4096 queries in one. */
const CAPACITY = 2048;

/** Time and calls of one kernel entry point. */
export interface KernelTime {
  /** `kernel/entry_point`. */
  readonly name: string;
  /** Number of dispatches. */
  readonly calls: number;
  /** Their sum in milliseconds. */
  readonly ms: number;
}

/** What the GPU did between two readings. */
export interface GpuTimes {
  /** Longest first. */
  readonly kernels: readonly KernelTime[];
  /** From the start of the first dispatch to the end of the last, milliseconds. */
  readonly spanMs: number;
  /** Times between the end of a dispatch and the start of the next, milliseconds, in order. */
  readonly gapsMs: readonly number[];
}

/** Queries of up to {@linkcode CAPACITY} dispatches, and where their results can be read. */
interface Chunk {
  readonly querySet: GPUQuerySet;
  readonly resolved: GPUBuffer;
  readonly readable: GPUBuffer;
  /** What was measured, in order. */
  readonly labels: string[];
  /** How many of the labels have been copied to `readable`. */
  copied: number;
}

/** Collects timestamps of the passes it is given to. */
export class GpuTimer implements PassTimer, Disposable {
  readonly #device: GPUDevice;
  readonly #chunks: Chunk[] = [];

  /** Needs a device with the `timestamp-query` feature. */
  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Timestamp writes for the next dispatch. */
  writes(label: string): GPUComputePassTimestampWrites {
    let chunk = this.#chunks.find(({ labels }) => labels.length < CAPACITY);
    if (!chunk) this.#chunks.push(chunk = openChunk(this.#device));
    const first = chunk.labels.push(label) * 2 - 2;
    return {
      querySet: chunk.querySet,
      beginningOfPassWriteIndex: first,
      endOfPassWriteIndex: first + 1,
    };
  }

  /** Encodes the copy of all timestamps so far. */
  resolve(encoder: GPUCommandEncoder): void {
    for (const chunk of this.#chunks) {
      const count = chunk.labels.length * 2;
      if (chunk.copied === chunk.labels.length) continue;
      encoder.resolveQuerySet(chunk.querySet, 0, count, chunk.resolved, 0);
      encoder.copyBufferToBuffer(chunk.resolved, 0, chunk.readable, 0, count * 8);
      chunk.copied = chunk.labels.length;
    }
  }

  /** Reads and forgets the timestamps of all submitted dispatches. */
  async read(): Promise<GpuTimes> {
    const used = this.#chunks.filter(({ labels }) => labels.length > 0);
    const times = await Promise.all(used.map(readChunk));
    const names = used.flatMap(({ labels }) => labels.splice(0));
    for (const chunk of used) chunk.copied = 0;
    return summarize(names, times.flatMap((part) => [...part]));
  }

  /** Destroys the buffers and the query sets. */
  [Symbol.dispose](): void {
    for (const { querySet, resolved, readable } of this.#chunks) {
      for (const owned of [querySet, resolved, readable]) owned.destroy();
    }
    this.#chunks.length = 0;
  }
}

function openChunk(device: GPUDevice): Chunk {
  const size = CAPACITY * 16;
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  return {
    querySet: device.createQuerySet({ type: "timestamp", count: CAPACITY * 2 }),
    resolved: device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC }),
    readable: device.createBuffer({ size, usage: MAP_READ | COPY_DST }),
    labels: [],
    copied: 0,
  };
}

/** Begin and end of every dispatch, nanoseconds. */
async function readChunk({ readable, labels }: Chunk): Promise<BigUint64Array> {
  const bytes = labels.length * 16;
  await readable.mapAsync(GPUMapMode.READ, 0, bytes);
  const times = new BigUint64Array(readable.getMappedRange(0, bytes).slice(0));
  readable.unmap();
  return times;
}

function summarize(names: readonly string[], times: readonly bigint[]): GpuTimes {
  const ms = (from: number, to: number): number => Number(times[to]! - times[from]!) / 1e6;
  const sums = new Map<string, { calls: number; ms: number }>();
  names.forEach((name, i) => {
    const sum = sums.get(name) ?? { calls: 0, ms: 0 };
    sum.calls++;
    sum.ms += ms(2 * i, 2 * i + 1);
    sums.set(name, sum);
  });
  return {
    kernels: [...sums].map(([name, sum]) => ({ name, ...sum })).sort((a, b) => b.ms - a.ms),
    spanMs: names.length > 0 ? ms(0, times.length - 1) : 0,
    gapsMs: names.slice(1).map((_, i) => Math.max(0, ms(2 * i + 1, 2 * i + 2))),
  };
}
