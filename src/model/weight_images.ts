/**
 * A decoder's weights as images, which software adapters read faster: copies for sampling, made anew whenever the weights
 * have changed.
 *
 * @module
 */
import { byteLength, type Image, imageBytes, type Pass, type Tensor } from "../gpu/mod.ts";
import { readsImages, stacksHeads } from "../ops/mod.ts";
import type { ModelConfig } from "./config.ts";
import type { Decoder, Model } from "./model.ts";
import type { LayerWeights, Linear, Weights } from "./weights.ts";

/** Bytes of all images at most: they are worth a small model's weights a second time, not a large one's. */
const MOST_BYTES = 64 * 2 ** 20;

/** The layers that may be taken as one, in the order in which their weights then stand one above the other. */
const HEADS = ["query", "key", "value"] as const satisfies (keyof LayerWeights)[];
const OTHERS = ["output", "gateUp", "down"] as const satisfies (keyof LayerWeights)[];

/** Queries, keys and values of one layer as one, and what they are made of. */
interface Stack {
  readonly image: Image;
  readonly bias: Tensor | undefined;
  readonly parts: readonly Linear[];
}

/** Images of the weights of every product, or none where they do not pay. */
export class WeightImages implements Disposable {
  readonly #model: Model;
  readonly #images = new Map<Tensor, Image>();
  readonly #stacks: Stack[] = [];
  /** Where the weights of a stack are gathered. */
  readonly #gathered: Tensor | undefined;

  /** Allocates. */
  constructor(model: Model) {
    this.#model = model;
    const { gpu, config, weights, precision } = model;
    const stack = stackShape(config);
    const stacks = stacksHeads(config.headDim) && !config.qkNorm && readsImages(gpu.adapter, stack);
    const names = stacks ? OTHERS : [...HEADS, ...OTHERS];
    const factors = [
      ...weights.layers.flatMap((layer) => names.map((name) => layer[name].weight)),
      weights.head,
    ];
    const shapes = [...factors, ...stacks ? weights.layers.map(() => ({ shape: stack })) : []];
    const total = shapes.reduce((sum, { shape }) => sum + imageBytes(shape), 0);
    if (precision !== "f32" || total > MOST_BYTES) return;
    for (const factor of factors) {
      if (factor.blocks || !readsImages(gpu.adapter, factor.shape)) continue;
      this.#images.set(factor, gpu.image(`image of ${factor.label}`, factor.shape));
    }
    if (!stacks) return;
    this.#gathered = gpu.tensor("gathered heads", stack);
    this.#stacks.push(...weights.layers.map((layer, i) => ({
      image: gpu.image(`image of heads.${i}`, stack),
      bias: layer.query.bias && gpu.tensor(`bias of heads.${i}`, [stack[0]]),
      parts: HEADS.map((name) => layer[name]),
    })));
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
    for (const { image, bias, parts } of this.#stacks) {
      gather(pass, parts.map(({ weight }) => weight), this.#gathered!);
      pass.copyToImage(this.#gathered!, image);
      if (bias) gather(pass, parts.map((part) => part.bias!), bias);
    }
    pass.submit();
  }

  /** Destroys the images. */
  [Symbol.dispose](): void {
    const { gpu } = this.#model;
    gpu.release(...this.#images.values());
    for (const { image, bias } of this.#stacks) gpu.release(image, ...(bias ? [bias] : []));
    if (this.#gathered) gpu.release(this.#gathered);
  }

  #withImages(weights: Weights): Weights {
    const headImage = this.#images.get(weights.head);
    const layers = weights.layers.map((layer, i): LayerWeights => {
      const stack = this.#stacks[i];
      return {
        ...layer,
        ...Object.fromEntries(
          [...HEADS, ...OTHERS].map((name) => [name, this.#withImage(layer[name])]),
        ),
        ...(stack && { stacked: { image: stack.image, ...(stack.bias && { bias: stack.bias }) } }),
      };
    });
    return { ...weights, layers, ...(headImage && { headImage }) };
  }

  #withImage(linear: Linear): Linear {
    const image = this.#images.get(linear.weight);
    return image ? { ...linear, image } : linear;
  }
}

function stackShape({ heads, kvHeads, headDim, hiddenSize }: ModelConfig): [number, number] {
  return [(heads + 2 * kvHeads) * headDim, hiddenSize];
}

/** Encodes copies of the parts, one behind the other, into the whole. */
function gather(pass: Pass, parts: readonly Tensor[], whole: Tensor): void {
  let start = 0; // bytes
  for (const part of parts) {
    pass.copy(part, { ...whole, shape: part.shape, offset: whole.offset + start });
    start += byteLength(part);
  }
}
