/**
 * A GPU device with what every computation on it needs: tensors, uploads, passes and readback.
 *
 * @module
 */
import { DeviceError } from "../base/mod.ts";
import { type AdapterInfo, describeAdapter, SUBGROUP_MATRIX } from "./adapter.ts";
import { type Backend, loadBackend } from "./backend.ts";
import { createImage, type Image, imageBytes, isImage } from "./image.ts";
import { Pass } from "./pass.ts";
import { PipelineCache } from "./pipelines.ts";
import { readBack } from "./readback.ts";
import {
  boundBytes,
  byteLength,
  cutRows,
  type DType,
  elementBytes,
  elements,
  type HostArray,
  rowBlocks,
  type Tensor,
} from "./tensor.ts";
import { GpuTimer } from "./timing.ts";

/** Bytes to which the windows of {@linkcode Gpu.view} are aligned on every adapter. */
const OFFSET_ALIGNMENT = 256;

/** Options of {@linkcode openGpu}. */
export interface GpuOptions {
  /** Whether to measure every dispatch with timestamp queries. */
  readonly profile?: boolean;
  /** Bytes that one storage binding may hold, where they are to be fewer than the adapter allows. */
  readonly bindingBytes?: number;
  /** Whose WebGPU; Deno's own by default. */
  readonly backend?: Backend;
}

/**
 * Opens the best adapter there is.
 *
 * @throws {DeviceError} If there is no adapter, or the device cannot be had.
 * @throws {ConfigError} If the backend cannot be loaded.
 */
export async function openGpu(options: GpuOptions = {}): Promise<Gpu> {
  const { backend = "deno" } = options;
  const entry = await loadBackend(backend);
  const adapter = await entry?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new DeviceError(
      "Cannot open a GPU: no WebGPU adapter was found; start through a deno task, which provides a software one",
    );
  }
  const { limits } = adapter;
  const requiredLimits = {
    maxBufferSize: limits.maxBufferSize,
    maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
    maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
    maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
  };
  const optional = [SUBGROUP_MATRIX, "shader-f16" as const].filter((name) =>
    adapter.features.has(name)
  );
  const requiredFeatures = [
    ...(options.profile ? ["timestamp-query"] : []),
    ...optional,
  ] as GPUFeatureName[];
  // An adapter may offer subgroups without listing them, so the way to know is to ask for them.
  const device = await adapter
    .requestDevice({ requiredFeatures: [...requiredFeatures, "subgroups"], requiredLimits })
    .catch(() => adapter.requestDevice({ requiredFeatures, requiredLimits }));
  return new Gpu(device, describeAdapter(adapter.info, device, backend), {
    ...options,
    ...(entry && { entry }),
  });
}

/** One device. Dispose of it with `using`. */
export class Gpu implements Disposable {
  /** What the device came from. */
  protected readonly entry: GPU | undefined;
  /** The device itself, for `gpu/` alone. */
  readonly device: GPUDevice;
  /** What the adapter says of itself. */
  readonly adapter: AdapterInfo;
  /** Time per kernel, when opened with `profile`. */
  readonly timer: GpuTimer | undefined;
  /** Names of the kernels found fastest, by problem; see `autotune.ts`. */
  readonly choices: Map<string, string> = new Map();
  /** Bytes that one storage binding can hold. */
  readonly maxBindingBytes: number;
  readonly #cache: PipelineCache;
  readonly #owned = new Map<GPUBuffer | GPUTexture, number>(); // and their bytes
  #failure: string | undefined;

  /**
   * Use {@linkcode openGpu}.
   *
   * @param options `entry` is kept: Dawn frees its devices when nothing holds the entry point they came from.
   */
  constructor(device: GPUDevice, adapter: AdapterInfo, options: GpuOptions & { entry?: GPU }) {
    this.device = device;
    this.entry = options.entry;
    this.adapter = adapter;
    const allowed = device.limits.maxStorageBufferBindingSize;
    this.maxBindingBytes = Math.min(allowed, options.bindingBytes ?? allowed);
    const { backend } = adapter;
    this.#cache = new PipelineCache(device, { backend, maxBindingBytes: this.maxBindingBytes });
    this.timer = options.profile ? new GpuTimer(device) : undefined;
    device.addEventListener("uncapturederror", (event) => {
      if (adapter.backend === "deno") event.preventDefault(); // Dawn would crash
      this.#failure ??= (event as GPUUncapturedErrorEvent).error.message;
    });
  }

  /** Bytes of all live tensors and images made here. */
  get allocatedBytes(): number {
    let sum = 0;
    for (const bytes of this.#owned.values()) sum += bytes;
    return sum;
  }

  /**
   * Makes a tensor of zeros.
   *
   * @throws {DeviceError} If the device cannot hold it.
   */
  tensor(label: string, shape: readonly number[], dtype: DType = "f32"): Tensor {
    const size = Math.max(boundBytes({ shape, dtype }), 16);
    if (size > this.device.limits.maxBufferSize) {
      throw new DeviceError(
        `Cannot make ${label} [${shape}]: ${size} bytes exceed the device's largest buffer of ` +
          `${this.device.limits.maxBufferSize} bytes`,
      );
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ label, size, usage });
    this.#owned.set(buffer, size);
    return { label, buffer, offset: 0, shape, dtype };
  }

  /**
   * Makes an image of zeros, for software adapters to read.
   *
   * @throws {DeviceError} If the device cannot hold it.
   */
  image(label: string, shape: readonly number[]): Image {
    const image = createImage(this.device, label, shape);
    this.#owned.set(image.texture, imageBytes(shape));
    return image;
  }

  /**
   * Makes a table of zeros, `[rows, cols]`: in blocks of rows where one binding or one buffer cannot hold it.
   *
   * @throws {DeviceError} If the device cannot hold it.
   */
  table(label: string, shape: readonly [number, number]): Tensor {
    const [rows, cols] = shape;
    const mostBytes = Math.min(this.maxBindingBytes, this.device.limits.maxBufferSize);
    const cuts = cutRows(rows, cols, mostBytes);
    if (cuts.length === 1) return this.tensor(label, shape);
    const blocks = cuts.map((count, i) => this.tensor(`${label} block ${i}`, [count, cols]));
    return { ...blocks[0]!, label, shape, blocks };
  }

  /** Makes a tensor of zeros of another's shape, cut into the same blocks of rows where that one is. */
  like(label: string, tensor: Tensor, dtype: DType = tensor.dtype): Tensor {
    const { shape } = tensor;
    if (!tensor.blocks) return this.tensor(label, shape, dtype);
    const blocks = tensor.blocks
      .map((block, i) => this.tensor(`${label} block ${i}`, block.shape, dtype));
    return { ...blocks[0]!, label, shape, blocks };
  }

  /** Makes a tensor that holds `data`; the element type is the array's. */
  from(label: string, shape: readonly number[], data: HostArray): Tensor {
    const dtype = data instanceof Float32Array
      ? "f32"
      : data instanceof Uint32Array
      ? "u32"
      : "i32";
    const tensor = this.tensor(label, shape, dtype);
    this.upload(tensor, data);
    return tensor;
  }

  /** Overwrites the start of `tensor` with `data`, which may be shorter. */
  upload(tensor: Tensor, data: HostArray): void {
    if (tensor.dtype === "f16") {
      throw new RangeError(`Cannot upload to ${tensor.label}: its values are halves`);
    }
    if (data.byteLength > byteLength(tensor)) {
      throw new RangeError(
        `Cannot upload ${data.byteLength} bytes to ${tensor.label} of ${byteLength(tensor)} bytes`,
      );
    }
    let from = 0;
    for (const { tensor: block } of rowBlocks(tensor)) {
      const part = data.subarray(from, from + elements(block.shape));
      if (part.length > 0) this.device.queue.writeBuffer(block.buffer, block.offset, part);
      from += part.length;
    }
  }

  /**
   * A window of another shape on the same buffer.
   *
   * @param tensor In one piece.
   * @param window `start` is the first element, a multiple of 64 (256 bytes).
   */
  view(
    tensor: Tensor,
    window: { start?: number; shape: readonly number[]; label?: string },
  ): Tensor {
    const { start = 0, shape, label = tensor.label } = window;
    const offset = start * elementBytes(tensor.dtype);
    if (tensor.blocks) throw new RangeError(`Cannot view ${label}: it is in blocks`);
    if (offset % OFFSET_ALIGNMENT !== 0 || start + elements(shape) > elements(tensor.shape)) {
      throw new RangeError(
        `Cannot view ${tensor.label} [${tensor.shape}] as [${shape}] from element ${start}: ` +
          `it must start at a multiple of ${OFFSET_ALIGNMENT / 4} and end inside`,
      );
    }
    return { ...tensor, label, shape, offset: tensor.offset + offset };
  }

  /** Opens a pass; nothing runs before it is submitted. */
  pass(label: string): Pass {
    const { device, adapter, choices, timer } = this;
    return new Pass(label, { device, adapter, choices, timer, cache: this.#cache });
  }

  /**
   * Waits until everything submitted so far has run.
   *
   * @throws {DeviceError} If any of it failed.
   */
  async finish(): Promise<void> {
    await this.device.queue.onSubmittedWorkDone();
    this.throwOnFailure();
  }

  /** Reads one tensor after everything submitted so far. */
  async read(tensor: Tensor): Promise<HostArray> {
    return (await this.readAll([tensor]))[0]!;
  }

  /**
   * Reads several tensors with one wait.
   *
   * @throws {DeviceError} If anything submitted so far failed, or the device was lost.
   */
  async readAll(tensors: readonly Tensor[]): Promise<HostArray[]> {
    try {
      const read = await readBack(this.device, tensors, this.device.limits.maxBufferSize);
      this.throwOnFailure();
      return read;
    } catch (cause) {
      if (cause instanceof DeviceError) throw cause;
      this.throwOnFailure();
      throw new DeviceError("Cannot read from the GPU: the device was lost", { cause });
    }
  }

  /**
   * Reports the first validation or memory error since the last report.
   *
   * @throws {DeviceError} If there was one.
   */
  throwOnFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw new DeviceError(`Cannot run on the GPU: ${failure}`);
  }

  /** Destroys the buffers of tensors made here, and images; views of them die with them. */
  release(...bound: readonly (Tensor | Image)[]): void {
    const owned = bound.flatMap<GPUBuffer | GPUTexture>((one) =>
      isImage(one) ? one.texture : rowBlocks(one).map(({ tensor }) => tensor.buffer)
    );
    for (const memory of owned) if (this.#owned.delete(memory)) memory.destroy();
  }

  /** Destroys every tensor and the device. */
  [Symbol.dispose](): void {
    this.#cache[Symbol.dispose]();
    this.timer?.[Symbol.dispose]();
    for (const memory of this.#owned.keys()) memory.destroy();
    this.#owned.clear();
    this.device.destroy();
  }
}
