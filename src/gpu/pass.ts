/**
 * A pass: dispatches recorded in order and submitted together.
 *
 * Storage writes of one dispatch are visible to the next, so an op is encoded as a plain sequence of calls.
 *
 * @module
 */
import type { AdapterInfo } from "./adapter.ts";
import { copyToImage, type Image } from "./image.ts";
import type { Call, PipelineCache } from "./pipelines.ts";
import type { Kernel } from "./kernel.ts";
import { byteLength, rowBlocks, type Tensor } from "./tensor.ts";

/** A {@linkcode Call} with its grid. */
export interface Dispatch extends Call {
  /**
   * Number of workgroups: a count, split over x and y when it exceeds the limit of one dimension (the kernel rebuilds
   * `workgroup_id.x + workgroup_id.y * num_workgroups.x` and guards its end), or `[x, y, z]` taken as it is.
   */
  readonly workgroups: number | readonly [number, number, number];
}

/** Measures what dispatches cost; see `timing.ts`. */
export interface PassTimer {
  /** Timestamp writes for one dispatch. */
  writes(label: string): GPUComputePassTimestampWrites;
  /** Encodes the copy of the timestamps to a readable buffer. */
  resolve(encoder: GPUCommandEncoder): void;
}

/** What all passes of a device share. */
export interface PassContext {
  /** Where the pass will run. */
  readonly device: GPUDevice;
  /** What its adapter says of itself. */
  readonly adapter: AdapterInfo;
  /** Names of the kernels found fastest, by problem. */
  readonly choices: ReadonlyMap<string, string>;
  /** Finds pipelines and bind groups. */
  readonly cache: PipelineCache;
  /** Measures every dispatch, if given. */
  readonly timer: PassTimer | undefined;
}

/** A dispatch with all that it needs found. */
interface Resolved {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

/** Records dispatches, copies and clears; {@linkcode Pass.submit} runs them. */
export class Pass {
  /** What the adapter says of itself, for ops that choose between kernels. */
  readonly adapter: AdapterInfo;
  /** Names of the kernels found fastest, by problem; see `autotune.ts`. */
  readonly choices: ReadonlyMap<string, string>;
  readonly #device: GPUDevice;
  readonly #cache: PipelineCache;
  readonly #timer: PassTimer | undefined;
  readonly #encoder: GPUCommandEncoder;
  readonly #recorded: Resolved[] = [];
  #compute: GPUComputePassEncoder | undefined;
  #copies = 0;

  /** Opens a pass; `gpu.pass(label)` is the way to get one. */
  constructor(label: string, { device, adapter, choices, cache, timer }: PassContext) {
    this.adapter = adapter;
    this.choices = choices;
    this.#device = device;
    this.#cache = cache;
    this.#timer = timer;
    this.#encoder = device.createCommandEncoder({ label });
  }

  /**
   * Records one dispatch; a grid of zero workgroups records nothing.
   *
   * @throws {KernelError} If the call does not fit the kernel.
   */
  dispatch(kernel: Kernel, call: Dispatch): void {
    const sides = grid(call.workgroups, this.#device.limits.maxComputeWorkgroupsPerDimension);
    if (sides.includes(0)) return;
    const label = `${kernel.name}/${call.entryPoint}`;
    this.#record({ label, ...this.#cache.resolve(kernel, call), grid: sides });
  }

  /** Number of dispatches recorded so far. */
  get dispatches(): number {
    return this.#recorded.length;
  }

  /**
   * Records all dispatches so far again, in order, as often as asked: for little of what it costs to encode them.
   *
   * @throws {RangeError} If anything else was recorded with them.
   */
  repeat(times: number): void {
    if (this.#copies > 0) throw new RangeError("Cannot repeat a pass: it copies or clears");
    const once = [...this.#recorded];
    for (let i = 0; i < times; i++) for (const resolved of once) this.#record(resolved);
  }

  /** Records a copy of the whole of `source` to the start of `target`; both are in one piece and of one byte length. */
  copy(source: Tensor, target: Tensor): void {
    if (source.blocks || target.blocks) {
      throw new RangeError(`Cannot copy ${source.label} to ${target.label}: one is in blocks`);
    }
    if (byteLength(source) !== byteLength(target)) {
      throw new RangeError(
        `Cannot copy ${source.label} to ${target.label}: ${byteLength(source)} bytes do not fill ` +
          `${byteLength(target)} bytes`,
      );
    }
    this.#copies++;
    this.#end();
    this.#encoder.copyBufferToBuffer(
      source.buffer,
      source.offset,
      target.buffer,
      target.offset,
      byteLength(source),
    );
  }

  /** Records a copy of an f32 tensor's numbers into an image of as many. */
  copyToImage(source: Tensor, target: Image): void {
    this.#copies++;
    this.#end();
    copyToImage(this.#encoder, source, target);
  }

  /** Records the overwriting of `target` with zeros. */
  clear(target: Tensor): void {
    this.#copies++;
    this.#end();
    for (const { tensor: block } of rowBlocks(target)) {
      this.#encoder.clearBuffer(block.buffer, block.offset, byteLength(block));
    }
  }

  /** Submits everything recorded; the pass is spent afterwards. */
  submit(): void {
    this.#end();
    this.#timer?.resolve(this.#encoder);
    this.#device.queue.submit([this.#encoder.finish()]);
    this.#cache.collect();
  }

  #record(resolved: Resolved): void {
    const compute = this.#begin(resolved.label);
    compute.setPipeline(resolved.pipeline);
    compute.setBindGroup(0, resolved.group);
    compute.dispatchWorkgroups(...resolved.grid);
    this.#recorded.push(resolved);
    if (this.#timer) this.#end();
  }

  #begin(label: string): GPUComputePassEncoder {
    if (!this.#compute) {
      const timestampWrites = this.#timer?.writes(label);
      this.#compute = this.#encoder.beginComputePass(timestampWrites ? { timestampWrites } : {});
    }
    return this.#compute;
  }

  #end(): void {
    this.#compute?.end();
    this.#compute = undefined;
  }
}

function grid(
  workgroups: number | readonly [number, number, number],
  limit: number,
): readonly [number, number, number] {
  if (typeof workgroups !== "number") return workgroups;
  if (workgroups <= limit) return [workgroups, 1, 1];
  return [limit, Math.ceil(workgroups / limit), 1];
}
