/**
 * A decoder on the GPU: its configuration and its weights.
 *
 * @module
 */
import { CheckpointError } from "../base/mod.ts";
import type { Gpu, Tensor } from "../gpu/mod.ts";
import { ropeTable } from "../ops/mod.ts";
import type { ModelConfig } from "./config.ts";
import { parameterTable } from "./parameters.ts";
import { allocateWeights, arrangeWeights, type Weights } from "./weights.ts";

/** Weights on the GPU. Dispose of it with `using`. */
export class Model implements Disposable {
  /** Where the weights are. */
  readonly gpu: Gpu;
  /** Architecture and sizes. */
  readonly config: ModelConfig;
  /** The weights by their place in the decoder. */
  readonly weights: Weights;
  /** Cosines and sines of the rotary embedding, `[positions, headDim]`: row p holds cos, then sin, of each angle. */
  readonly ropeTable: Tensor;
  readonly #tensors: ReadonlyMap<string, Tensor>;

  /**
   * Allocates a decoder of zeros; {@linkcode load} fills it.
   *
   * @param positions Longest sequence that will be run.
   */
  constructor(gpu: Gpu, config: ModelConfig, positions: number) {
    this.gpu = gpu;
    this.config = config;
    this.#tensors = allocateWeights(gpu, parameterTable(config), "weight");
    this.weights = arrangeWeights(config, (name) => this.tensor(name));
    const table = ropeTable({ positions, dim: config.headDim }, config.ropeTheta);
    this.ropeTable = gpu.from("rope", [positions, config.headDim], table);
  }

  /**
   * The weight of a checkpoint name.
   *
   * @throws {CheckpointError} If the architecture has no such weight.
   */
  tensor(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new CheckpointError(`Cannot find weight ${name}: the architecture has none`);
    return tensor;
  }

  /** Overwrites a weight, given by its checkpoint name. */
  load(name: string, values: Float32Array<ArrayBuffer>): void {
    this.gpu.upload(this.tensor(name), values);
  }

  /** Reads all weights in the order of the parameter table. */
  async read(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const names = parameterTable(this.config).map(({ name }) => name);
    const values = await this.gpu.readAll(names.map((name) => this.tensor(name)));
    return new Map(names.map((name, i) => [name, values[i] as Float32Array<ArrayBuffer>]));
  }

  /** Destroys the weights. */
  [Symbol.dispose](): void {
    this.gpu.release(...this.#tensors.values(), this.ropeTable);
  }
}
