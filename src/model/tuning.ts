/**
 * A decoder's matrix products as problems for the tuner.
 *
 * @module
 */
import type { Gpu, Problem } from "../gpu/mod.ts";
import { type LayerShape, linearProblems, type TuningOptions } from "../ops/mod.ts";
import type { ModelConfig } from "./config.ts";
import type { Precision } from "./parameters.ts";

/** How many rows the products to come have, and how their factors are stored. */
export interface WorkSizes {
  /** Rows of passes that are followed by a backward pass. */
  readonly training?: readonly number[];
  /** Rows of passes that are not: prompts, tokens of all sequences that are decoded together. */
  readonly inference?: readonly number[];
  /** Format of weights and activations; f32 by default. */
  readonly precision?: Precision;
}

/** A dense layer of any number of rows. */
type Layer = Omit<LayerShape, "rows">;

/** The choices between kernels that running a decoder depends on. */
export function modelProblems(
  gpu: Gpu,
  config: ModelConfig,
  work: WorkSizes,
  options: TuningOptions = {},
): Problem[] {
  const { training = [], inference = [], precision = "f32" } = work;
  const layers = linearLayers(config, precision)
    .filter(({ inputs, outputs }) => 4 * inputs * outputs <= gpu.maxBindingBytes);
  const problems = [
    ...training.flatMap((rows) =>
      layers.flatMap((layer) => linearProblems(gpu, { rows, ...layer }, options))
    ),
    ...inference.flatMap((rows) =>
      layers.map((layer) => linearProblems(gpu, { rows, ...layer }, options)[0]!)
    ),
  ];
  return [...new Map(problems.map((problem) => [problem.key, problem])).values()];
}

/** The dense layers: queries, keys and values, attention's output, gate with up, down, head. */
function linearLayers(config: ModelConfig, precision: Precision): Layer[] {
  const { hiddenSize, heads, kvHeads, headDim, intermediateSize, vocabSize } = config;
  const mixed = precision === "mixed";
  const halves = mixed ? { x: "f16", weight: "f16" } as const : {};
  const head = mixed && vocabSize % 4 === 0 ? { weight: "f16" } as const : {};
  return [
    { ...halves, inputs: hiddenSize, outputs: heads * headDim },
    { ...halves, inputs: hiddenSize, outputs: kvHeads * headDim },
    { ...halves, inputs: heads * headDim, outputs: hiddenSize },
    { ...halves, inputs: hiddenSize, outputs: 2 * intermediateSize },
    { ...halves, inputs: intermediateSize, outputs: hiddenSize },
    { ...head, inputs: hiddenSize, outputs: vocabSize },
  ];
}
