/**
 * Time per kernel from timestamp queries: one compute pass per dispatch, so it is a measuring mode, not the default.
 *
 * @module
 */
import type { PassTimer } from "./pass.ts";

/** Largest number of dispatches measured between two readings. */
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

/** Collects timestamps of the passes it is given to. */
export class GpuTimer implements PassTimer, Disposable {
  readonly #querySet: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #readable: GPUBuffer;
  #labels: string[] = [];

  /** Needs a device with the `timestamp-query` feature. */
  constructor(device: GPUDevice) {
    this.#querySet = device.createQuerySet({ type: "timestamp", count: CAPACITY * 2 });
    const size = CAPACITY * 16;
    this.#resolved = device.createBuffer({
      size,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    this.#readable = device.createBuffer({
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  /** Timestamp writes for the next dispatch. */
  writes(label: string): GPUComputePassTimestampWrites | undefined {
    if (this.#labels.length === CAPACITY) return undefined;
    const first = this.#labels.push(label) * 2 - 2;
    return {
      querySet: this.#querySet,
      beginningOfPassWriteIndex: first,
      endOfPassWriteIndex: first + 1,
    };
  }

  /** Encodes the copy of all timestamps so far. */
  resolve(encoder: GPUCommandEncoder): void {
    const count = this.#labels.length * 2;
    if (count === 0) return;
    encoder.resolveQuerySet(this.#querySet, 0, count, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#readable, 0, count * 8);
  }

  /** Reads and forgets the timestamps: time by kernel (longest first), and the span from first to last in ms. */
  async read(): Promise<{ kernels: KernelTime[]; spanMs: number }> {
    const labels = this.#labels;
    this.#labels = [];
    if (labels.length === 0) return { kernels: [], spanMs: 0 };
    await this.#readable.mapAsync(GPUMapMode.READ, 0, labels.length * 16);
    const times = new BigUint64Array(this.#readable.getMappedRange(0, labels.length * 16).slice(0));
    this.#readable.unmap();
    const sums = new Map<string, { calls: number; ms: number }>();
    labels.forEach((name, i) => {
      const sum = sums.get(name) ?? { calls: 0, ms: 0 };
      sum.calls++;
      sum.ms += Number(times[2 * i + 1]! - times[2 * i]!) / 1e6;
      sums.set(name, sum);
    });
    const kernels = [...sums].map(([name, sum]) => ({ name, ...sum })).sort((a, b) => b.ms - a.ms);
    return { kernels, spanMs: Number(times[times.length - 1]! - times[0]!) / 1e6 };
  }

  /** Destroys the buffers and the query set. */
  [Symbol.dispose](): void {
    this.#querySet.destroy();
    this.#resolved.destroy();
    this.#readable.destroy();
  }
}
