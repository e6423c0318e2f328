/**
 * A decoder's weights as images, which software adapters read faster: copies for sampling, made anew whenever the weights
 * have changed.
 *
 * @module
 */
import { type Image, imageBytes, type Tensor } from "../gpu/mod.ts";
import { readsImages } from "../ops/mod.ts";
import type { Decoder, Model } from "./model.ts";
import type { LayerWeights, Linear, Weights } from "./weights.ts";

/** Bytes of all images at most: they are worth a small model's weights a second time, not a large one's. */
const MOST_BYTES = 64 * 2 ** 20;

const LINEARS = [
  "query",
  "key",
  "value",
  "output",
  "gateUp",
  "down",
] as const satisfies (keyof LayerWeights)[];

/** Images of the weights of every product, or none where they do not pay. */
export class WeightImages implements Disposable {
  readonly #model: Model;
  readonly #images = new Map<Tensor, Image>();

  /** Allocates. */
  constructor(model: Model) {
    this.#model = model;
    const { gpu, weights, precision } = model;
    const factors = [
      ...weights.layers.flatMap((layer) => LINEARS.map((name) => layer[name].weight)),
      weights.head,
    ];
    const total = factors.reduce((sum, { shape }) => sum + imageBytes(shape), 0);
    if (precision !== "f32" || total > MOST_BYTES) return;
    for (const factor of factors) {
      if (factor.blocks || !readsImages(gpu.adapter, factor.shape)) continue;
      this.#images.set(factor, gpu.image(`image of ${factor.label}`, factor.shape));
    }
  }

  /** The model with its images. */
  get decoder(): Decoder {
    const { config, ropeTable, weights } = this.#model;
    return { config, ropeTable, weights: this.#withImages(weights) };
  }

  /** Makes the images anew, if there are any. */
  refresh(): void {
    if (this.#images.size === 0) return;
    const pass = this.#model.gpu.pass("images");
    for (const [factor, image] of this.#images) pass.copyToImage(factor, image);
    pass.submit();
  }

  /** Destroys the images. */
  [Symbol.dispose](): void {
    this.#model.gpu.release(...this.#images.values());
  }

  #withImages(weights: Weights): Weights {
    const headImage = this.#images.get(weights.head);
    const layers = weights.layers.map((layer): LayerWeights => ({
      ...layer,
      ...Object.fromEntries(LINEARS.map((name) => [name, this.#withImage(layer[name])])),
    }));
    return { ...weights, layers, ...(headImage && { headImage }) };
  }

  #withImage(linear: Linear): Linear {
    const image = this.#images.get(linear.weight);
    return image ? { ...linear, image } : linear;
  }
}
