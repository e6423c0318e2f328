/**
 * AdamW over all tensors of a model, with a limited global gradient norm.
 *
 * @module
 */
import { type Gpu, type Pass, rowBlocks, type Tensor } from "../gpu/mod.ts";
import { adamw, countPartials, globalNorm } from "../ops/mod.ts";

/** A parameter with its gradient. */
export interface Trainable {
  /** Name in a checkpoint. */
  readonly name: string;
  /** The parameter; changed by a step. */
  readonly weight: Tensor;
  /** Its gradient, of the same shape; read by a step. */
  readonly gradient: Tensor;
  /** Whether weight decay applies. */
  readonly decay: boolean;
}

/** Constants of the optimiser. */
export interface AdamWSettings {
  /** Decoupled weight decay per unit of rate. */
  readonly decay: number;
  /** Decay of the gradient's running mean. */
  readonly beta1: number;
  /** Decay of its running mean square. */
  readonly beta2: number;
  /** Largest norm of all gradients together. */
  readonly gradNorm: number;
}

/** What kernels take of a tensor, one after the other. */
function pieces(tensor: Tensor): Tensor[] {
  return rowBlocks(tensor).map(({ tensor: block }) => block);
}

/** Moments of every parameter, and the number of steps taken. */
export class AdamW implements Disposable {
  /** Norm of all gradients at the last step, `[1]`. */
  readonly norm: Tensor;
  /** Steps taken. */
  steps = 0;
  readonly #gpu: Gpu;
  readonly #settings: AdamWSettings;
  readonly #parameters: readonly (Trainable & { m: Tensor; v: Tensor })[];
  readonly #partials: Tensor;
  readonly #clip: Tensor;

  /** Allocates moments of zeros. */
  constructor(gpu: Gpu, trainables: readonly Trainable[], settings: AdamWSettings) {
    this.#gpu = gpu;
    this.#settings = settings;
    this.#parameters = trainables.map((trainable) => ({
      ...trainable,
      m: gpu.like(`m ${trainable.name}`, trainable.weight),
      v: gpu.like(`v ${trainable.name}`, trainable.weight),
    }));
    const gradients = trainables.flatMap(({ gradient }) => pieces(gradient));
    const shapes = gradients.map(({ shape }) => shape);
    this.#partials = gpu.tensor("gradient partials", [countPartials(shapes)]);
    this.#clip = gpu.tensor("gradient clip", [1]);
    this.norm = gpu.tensor("gradient norm", [1]);
  }

  /**
   * Encodes one step from the accumulated gradients; they are not cleared.
   *
   * @param rate Learning rate of this step.
   */
  step(pass: Pass, rate: number): void {
    const { decay, beta1, beta2, gradNorm } = this.#settings;
    const gradients = this.#parameters.flatMap(({ gradient }) => pieces(gradient));
    const out = { partials: this.#partials, norm: this.norm, clip: this.#clip };
    globalNorm(pass, gradients, out, gradNorm);
    const step = ++this.steps;
    for (const { weight, gradient, decay: decays, ...moments } of this.#parameters) {
      const options = { rate, beta1, beta2, step, decay: decays ? decay : 0 };
      const [dw, m, v] = [gradient, moments.m, moments.v].map(pieces) as [
        Tensor[],
        Tensor[],
        Tensor[],
      ];
      pieces(weight).forEach((w, i) => {
        adamw(pass, { w, m: m[i]!, v: v[i]! }, { dw: dw[i]!, clip: this.#clip }, options);
      });
    }
  }

  /** The moments by name, `<parameter>.m` and `<parameter>.v`, for a checkpoint. */
  moments(): Map<string, Tensor> {
    return new Map(
      this.#parameters.flatMap(({ name, m, v }) => [[`${name}.m`, m], [`${name}.v`, v]] as const),
    );
  }

  /** Destroys the moments. */
  [Symbol.dispose](): void {
    const moments = this.#parameters.flatMap(({ m, v }) => [m, v]);
    this.#gpu.release(...moments, this.#partials, this.#clip, this.norm);
  }
}
