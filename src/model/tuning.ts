/**
 * A decoder's matrix products as problems for the tuner.
 *
 * @module
 */
import type { Gpu, Problem } from "../gpu/mod.ts";
import { linearProblems } from "../ops/mod.ts";
import type { ModelConfig } from "./config.ts";

/** How many rows the products to come have. */
export interface WorkSizes {
  /** Rows of passes that are followed by a backward pass. */
  readonly training?: readonly number[];
  /** Rows of passes that are not: prompts, tokens of all sequences that are decoded together. */
  readonly inference?: readonly number[];
}

/** The choices between kernels that running a decoder depends on. */
export function modelProblems(gpu: Gpu, config: ModelConfig, work: WorkSizes): Problem[] {
  const { training = [], inference = [] } = work;
  const layers = linearLayers(config)
    .filter(({ inputs, outputs }) => 4 * inputs * outputs <= gpu.maxBindingBytes);
  const problems = [
    ...training.flatMap((rows) =>
      layers.flatMap((layer) => linearProblems(gpu, { rows, ...layer }))
    ),
    ...inference.flatMap((rows) =>
      layers.map((layer) => linearProblems(gpu, { rows, ...layer })[0]!)
    ),
  ];
  return [...new Map(problems.map((problem) => [problem.key, problem])).values()];
}

/** Inputs and outputs of the dense layers: queries, keys and values, attention's output, gate with up, down, head. */
function linearLayers(config: ModelConfig): { inputs: number; outputs: number }[] {
  const { hiddenSize, heads, kvHeads, headDim, intermediateSize, vocabSize } = config;
  return [
    { inputs: hiddenSize, outputs: heads * headDim },
    { inputs: hiddenSize, outputs: kvHeads * headDim },
    { inputs: heads * headDim, outputs: hiddenSize },
    { inputs: hiddenSize, outputs: 2 * intermediateSize },
    { inputs: intermediateSize, outputs: hiddenSize },
    { inputs: hiddenSize, outputs: vocabSize },
  ];
}
