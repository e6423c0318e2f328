/**
 * Compiled pipelines, bind groups and uniform buffers, each made once and kept by content.
 *
 * A training step encodes the same few hundred dispatches again and again; creating a bind group costs more than
 * dispatching it, so everything a dispatch needs is found by key after the first step.
 *
 * @module
 */
import { KernelError } from "../base/mod.ts";
import { type Backend, sourceFor } from "./backend.ts";
import { type Image, isImage } from "./image.ts";
import { type Binding, type Kernel, packParams } from "./kernel.ts";
import { boundBytes, type Tensor } from "./tensor.ts";

/** How many uniform buffers or bind groups are kept before all are dropped. */
const CACHE_LIMIT = 8192;

/** What a dispatch asks for. */
export interface Call {
  /** Which `@compute` function. */
  readonly entryPoint: string;
  /** Pipeline constants by name. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** Scalars of `struct Params` by name. */
  readonly params: Readonly<Record<string, number>>;
  /** Tensors and images by binding name: exactly those the entry point reaches. */
  readonly bind: Readonly<Record<string, Tensor | Image>>;
}

interface Pipeline {
  readonly id: number;
  readonly kernel: Kernel;
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: GPUComputePipeline;
}

/** Finds or makes what a dispatch needs on one device. */
export class PipelineCache implements Disposable {
  readonly #device: GPUDevice;
  readonly #backend: Backend;
  readonly #maxBindingBytes: number;
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #uniforms = new Map<string, GPUBuffer>();
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #ids = new WeakMap<GPUBuffer | GPUTexture, number>();
  #nextId = 0;
  #retired: GPUBuffer[] = [];

  /**
   * Keeps the pipelines of one device.
   *
   * @param limits Whose WebGPU it is seen through, and how many bytes its bindings hold at most.
   */
  constructor(
    device: GPUDevice,
    limits: { readonly backend: Backend; readonly maxBindingBytes: number },
  ) {
    this.#device = device;
    this.#backend = limits.backend;
    this.#maxBindingBytes = limits.maxBindingBytes;
  }

  /**
   * The pipeline and bind group of a call.
   *
   * @throws {KernelError} If the entry point, an override or a binding is unknown, missing, superfluous or of the wrong
   *   kind, or a tensor is larger than a binding can hold.
   */
  resolve(kernel: Kernel, call: Call): { pipeline: GPUComputePipeline; group: GPUBindGroup } {
    const pipeline = this.#pipeline(kernel, call);
    const reached = kernel.entryPoints.get(call.entryPoint)!;
    const extra = Object.keys(call.bind).find((key) => !reached.some((b) => b.name === key));
    if (extra) throw new KernelError(kernel.name, `${call.entryPoint} does not use ${extra}`);
    const uniform = this.#uniform(kernel, call.params);
    let key = `${pipeline.id}:${this.#id(uniform)}`;
    for (const binding of reached) {
      const bound = call.bind[binding.name];
      if (!bound) {
        throw new KernelError(kernel.name, `${call.entryPoint} needs ${binding.name} bound`);
      }
      this.#expectBindable(kernel, binding, bound);
      key += isImage(bound)
        ? `:${this.#id(bound.texture)}`
        : `:${this.#id(bound.buffer)},${bound.offset},${boundBytes(bound)}`;
    }
    const group = this.#groups.get(key) ?? this.#group(key, pipeline, uniform, call.bind);
    return { pipeline: pipeline.pipeline, group };
  }

  /** Frees uniform buffers that no recorded command can still name; call after a submit. */
  collect(): void {
    for (const buffer of this.#retired) buffer.destroy();
    this.#retired = [];
    if (this.#uniforms.size < CACHE_LIMIT && this.#groups.size < CACHE_LIMIT) return;
    this.#retired = [...this.#uniforms.values()];
    this.#uniforms.clear();
    this.#groups.clear();
  }

  /** Destroys the uniform buffers. */
  [Symbol.dispose](): void {
    for (const buffer of [...this.#uniforms.values(), ...this.#retired]) buffer.destroy();
    this.#uniforms.clear();
    this.#groups.clear();
  }

  #expectBindable(kernel: Kernel, { name, image }: Binding, tensor: Tensor | Image): void {
    if (isImage(tensor) !== image) {
      const kind = image ? "an image" : "a buffer";
      throw new KernelError(kernel.name, `${name} must be ${kind}, found ${tensor.label}`);
    }
    if (isImage(tensor)) return;
    if (tensor.blocks) throw new KernelError(kernel.name, `${tensor.label} is in blocks`);
    if (boundBytes(tensor) <= this.#maxBindingBytes) return;
    throw new KernelError(
      kernel.name,
      `${tensor.label} has ${boundBytes(tensor)} bytes, a binding holds ${this.#maxBindingBytes}`,
    );
  }

  #id(memory: GPUBuffer | GPUTexture): number {
    const known = this.#ids.get(memory);
    if (known !== undefined) return known;
    this.#ids.set(memory, this.#nextId);
    return this.#nextId++;
  }

  #pipeline(kernel: Kernel, call: Call): Pipeline {
    const constants = call.overrides ?? {};
    const key = `${kernel.name}/${call.entryPoint}/${Object.entries(constants)}`;
    const known = this.#pipelines.get(key);
    if (known) {
      if (known.kernel !== kernel) {
        throw new KernelError(kernel.name, "two kernels share this name");
      }
      return known;
    }
    const reached = kernel.entryPoints.get(call.entryPoint);
    if (!reached) throw new KernelError(kernel.name, `it has no entry point ${call.entryPoint}`);
    const unknown = Object.keys(constants).find((name) => !kernel.overrides.has(name));
    if (unknown) throw new KernelError(kernel.name, `it has no override ${unknown}`);
    const layout = this.#device.createBindGroupLayout({
      label: key,
      entries: [
        { binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: "uniform" } },
        ...reached.map(layoutEntry),
      ],
    });
    const pipeline = this.#device.createComputePipeline({
      label: key,
      layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: this.#module(kernel), entryPoint: call.entryPoint, constants },
    });
    const made = { id: this.#pipelines.size, kernel, layout, pipeline };
    this.#pipelines.set(key, made);
    return made;
  }

  #module(kernel: Kernel): GPUShaderModule {
    const known = this.#modules.get(kernel.name);
    if (known) return known;
    const code = sourceFor(this.#backend, kernel.source);
    const module = this.#device.createShaderModule({ label: kernel.name, code });
    this.#modules.set(kernel.name, module);
    return module;
  }

  #uniform(kernel: Kernel, values: Readonly<Record<string, number>>): GPUBuffer {
    const data = packParams(kernel, values);
    const key = new Uint32Array(data).join();
    const known = this.#uniforms.get(key);
    if (known) return known;
    const buffer = this.#device.createBuffer({
      label: `${kernel.name} params`,
      size: data.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      mappedAtCreation: true,
    });
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(data));
    buffer.unmap();
    this.#uniforms.set(key, buffer);
    return buffer;
  }

  #group(
    key: string,
    pipeline: Pipeline,
    uniform: GPUBuffer,
    bind: Call["bind"],
  ): GPUBindGroup {
    const entries: GPUBindGroupEntry[] = [{ binding: 0, resource: { buffer: uniform } }];
    for (const { name, index } of pipeline.kernel.bindings) {
      const bound = bind[name];
      if (bound) entries.push({ binding: index, resource: resourceOf(bound) });
    }
    const group = this.#device.createBindGroup({ layout: pipeline.layout, entries });
    this.#groups.set(key, group);
    return group;
  }
}

function layoutEntry({ index, access, image }: Binding): GPUBindGroupLayoutEntry {
  const entry = { binding: index, visibility: GPUShaderStage.COMPUTE };
  if (!image) {
    return { ...entry, buffer: { type: access === "read" ? "read-only-storage" : "storage" } };
  }
  return {
    ...entry,
    storageTexture: {
      access: access === "read" ? "read-only" : "write-only",
      format: "rgba32float",
    },
  };
}

function resourceOf(bound: Tensor | Image): GPUBindingResource {
  if (isImage(bound)) return bound.view;
  const { buffer, offset } = bound;
  return { buffer, offset, size: Math.max(boundBytes(bound), 4) }; // WebGPU has no empty bindings
}
