/**
 * A decoder on the GPU: its configuration and its weights.
 *
 * @module
 */
import { CheckpointError } from "../base/mod.ts";
import type { Gpu, Pass, Tensor } from "../gpu/mod.ts";
import { packHalf, ropeTable } from "../ops/mod.ts";
import type { ModelConfig } from "./config.ts";
import { parameterTable, type Precision, productParameters } from "./parameters.ts";
import { allocateWeights, arrangeWeights, type Weights } from "./weights.ts";

/** What the forward pass needs of a model. */
export type Decoder = Pick<Model, "config" | "ropeTable" | "weights">;

/**
 * Weights on the GPU. Dispose of it with `using`.
 *
 * In mixed precision the products read halves, which are made of the f32 weights whenever these change.
 */
export class Model implements Disposable {
  /** Where the weights are. */
  readonly gpu: Gpu;
  /** Architecture and sizes. */
  readonly config: ModelConfig;
  /** Number formats of weights and activations. */
  readonly precision: Precision;
  /** The weights by their place in the decoder, as the passes read them. */
  readonly weights: Weights;
  /** Cosines and sines of the rotary embedding, `[positions, headDim]`: row p holds cos, then sin, of each angle. */
  readonly ropeTable: Tensor;
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #halves: ReadonlyMap<string, Tensor>;

  /**
   * Allocates a decoder of zeros; {@linkcode load} fills it.
   *
   * @param positions Longest sequence that will be run.
   */
  constructor(gpu: Gpu, config: ModelConfig, positions: number, precision: Precision = "f32") {
    this.gpu = gpu;
    this.config = config;
    this.precision = precision;
    this.#tensors = allocateWeights(gpu, parameterTable(config), "weight");
    this.#halves = precision === "mixed" ? this.#allocateHalves() : new Map();
    const find = (name: string) => this.tensor(name);
    this.weights = arrangeWeights(config, find, (name) => this.#halves.get(name) ?? find(name));
    const table = ropeTable({ positions, dim: config.headDim }, config.ropeTheta);
    this.ropeTable = gpu.from("rope", [positions, config.headDim], table);
  }

  /**
   * The f32 weight of a checkpoint name.
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
    const product = productName(name);
    const half = this.#halves.get(product);
    if (!half) return;
    const pass = this.gpu.pass("halves");
    packHalf(pass, this.tensor(product), half);
    pass.submit();
  }

  /** Encodes the halves anew, after the f32 weights were changed on the GPU. */
  refresh(pass: Pass): void {
    for (const [name, half] of this.#halves) packHalf(pass, this.tensor(name), half);
  }

  /** Reads all weights in the order of the parameter table. */
  async read(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const names = parameterTable(this.config).map(({ name }) => name);
    const values = await this.gpu.readAll(names.map((name) => this.tensor(name)));
    return new Map(names.map((name, i) => [name, values[i] as Float32Array<ArrayBuffer>]));
  }

  /** Destroys the weights. */
  [Symbol.dispose](): void {
    this.gpu.release(...this.#tensors.values(), ...this.#halves.values(), this.ropeTable);
  }

  #allocateHalves(): Map<string, Tensor> {
    const names = new Set(productParameters(this.config).map(({ name }) => productName(name)));
    return new Map(
      [...names].map((name) => [name, this.gpu.like(`half ${name}`, this.tensor(name), "f16")]),
    );
  }
}

/** Name of the tensor that holds a parameter in products: gate and up projections are one. */
function productName(name: string): string {
  return name.replace(/(gate|up)_proj/, "gate_up_proj");
}
