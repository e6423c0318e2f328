/**
 * Times sampling: prompts into the cache, then tokens of all sequences together.
 *
 * @module
 */
import process from "node:process";
import { rngStream } from "../base/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import { type Model, type ModelConfig, parameterCount } from "../model/mod.ts";
import { Sampler } from "../sample/mod.ts";
import type { KernelRow, Roofline, Timing } from "./kernel_timing.ts";
import { type Profile, profileOf } from "./profile.ts";

/** What is sampled; no sequence stops early. */
export interface SampleShape {
  /** Sequences that are decoded together. */
  readonly sequences: number;
  /** How many sequences share a prompt; one by default. */
  readonly completions?: number;
  /** Tokens of each prompt. */
  readonly prompt: number;
  /** Tokens drawn for each; at least two. */
  readonly tokens: number;
}

/** What sampling cost. */
export interface SampleTiming {
  /** The prompts with the first token of each sequence, and the other tokens. */
  readonly rows: readonly KernelRow[];
  /** Tokens a second of all sequences, without the prompts. */
  readonly decodeTokensPerSecond: number;
  /** Tokens a second of all sequences, the time of the prompts included. */
  readonly tokensPerSecond: number;
  /**
   * Processor time of all threads of this process, of which a software adapter's kernels are a part and which other work
   * on the machine disturbs least: the prompts with the first token of each sequence, and one decoding step; medians.
   */
  readonly processorMs: { readonly first: number; readonly step: number };
}

/** What one call took, milliseconds. */
interface Taken {
  readonly ms: number;
  readonly processorMs: number;
}

/** Operations and bytes of a phase. */
interface Cost {
  readonly flops: number;
  readonly bytes: number;
}

/**
 * Times whole calls of `sample()`: for one token, which is what the prompts cost, and for all.
 *
 * @param options `samples`: calls of each kind, in turn.
 */
export async function timeSampling(
  model: Model,
  shape: SampleShape,
  options: { samples: number; roofline: Roofline },
): Promise<SampleTiming> {
  const run = openRun(model, shape);
  using _ = run;
  const taken = { first: [] as Taken[], all: [] as Taken[] };
  await run.sample(shape.tokens); // compiles
  for (let i = 0; i < options.samples; i++) {
    taken.first.push(await run.sample(1));
    taken.all.push(await run.sample(shape.tokens));
  }
  const first = timing(taken.first.map(({ ms }) => ms));
  const all = timing(taken.all.map(({ ms }) => ms));
  const rest = timing(taken.all.map(({ ms }) => Math.max(ms - first.ms, 1e-6)));
  const [firstProcessor, allProcessor] = [taken.first, taken.all]
    .map((calls) => timing(calls.map(({ processorMs }) => processorMs)).ms) as [number, number];
  const { sequences, tokens, prompt } = shape;
  const row = (name: string, taken: Timing, cost: Cost) => rowOf(name, shape, taken, cost, options);
  return {
    rows: [
      row("prompts and first token", first, promptCost(model.config, shape)),
      row(
        "decode",
        rest,
        decodeCost(model.config, { sequences, from: prompt, tokens: tokens - 1 }),
      ),
    ],
    decodeTokensPerSecond: 1000 * sequences * (tokens - 1) / rest.ms,
    tokensPerSecond: 1000 * sequences * tokens / all.ms,
    processorMs: { first: firstProcessor, step: (allProcessor - firstProcessor) / (tokens - 1) },
  };
}

/** Where the time of one call goes, kernel by kernel; needs a GPU opened with `profile`. */
export async function profileSampling(
  gpu: Gpu,
  model: Model,
  shape: SampleShape,
): Promise<Profile> {
  using run = openRun(model, shape);
  await run.sample(shape.tokens);
  await gpu.timer!.read();
  await run.sample(shape.tokens);
  return profileOf(await gpu.timer!.read());
}

/** Random prompts and a sampler of the right size. */
function openRun(model: Model, { sequences, completions = 1, prompt, tokens }: SampleShape) {
  const rng = rngStream(0, "bench sample");
  const requests = Array.from({ length: Math.ceil(sequences / completions) }, (_, seed) => ({
    prompt: Array.from({ length: prompt }, () => rng.int(model.config.vocabSize)),
    count: Math.min(completions, sequences - seed * completions),
    seed,
  }));
  const capacity = { lanes: sequences, promptRows: requests.length * prompt };
  const sampler = new Sampler(model, { ...capacity, maxTokens: tokens, stop: [] });
  return {
    /** What one call takes. */
    sample: async (maxTokens: number): Promise<Taken> => {
      const [start, processor] = [performance.now(), process.cpuUsage()];
      await sampler.sample(requests, { maxTokens, temperature: 1, topP: 1, topK: 0 });
      const { user, system } = process.cpuUsage(processor);
      return { ms: performance.now() - start, processorMs: (user + system) / 1000 };
    },
    [Symbol.dispose]: () => sampler[Symbol.dispose](),
  };
}

function timing(samples: readonly number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b);
  return { ms: sorted[sorted.length >> 1]!, low: sorted[0]!, high: sorted.at(-1)! };
}

function rowOf(
  name: string,
  { sequences, prompt, tokens }: SampleShape,
  taken: Timing,
  { flops, bytes }: Cost,
  { roofline }: { roofline: Roofline },
): KernelRow {
  const least = Math.max(flops / roofline.gflops, bytes / roofline.gbps) / 1e6;
  return {
    name,
    shape: `${sequences}x${prompt}+${tokens}`,
    ...taken,
    gflops: flops / taken.ms / 1e6,
    gbps: bytes / taken.ms / 1e6,
    roofline: least / taken.ms,
  };
}

/** Prompts as far as their keys and values need, then one token of each sequence. */
function promptCost(
  config: ModelConfig,
  { sequences, completions = 1, prompt }: SampleShape,
): Cost {
  const { hiddenSize, heads, kvHeads, headDim, layers } = config;
  const rows = Math.ceil(sequences / completions) * (prompt - 1);
  const whole = (layers - 1) * layerWeights(config) + hiddenSize * headDim * (heads + 2 * kvHeads);
  const seen = 4 * heads * headDim * (layers - 1) * rows * prompt / 2;
  const first = decodeCost(config, { sequences, from: prompt - 1, tokens: 1 });
  return {
    flops: 2 * rows * whole + seen + first.flops,
    bytes: 4 * parameterCount(config) + first.bytes,
  };
}

/** Steps of one token a sequence: every weight once a step, every key and value that a token sees. */
function decodeCost(
  config: ModelConfig,
  { sequences, from, tokens }: { sequences: number; from: number; tokens: number },
): Cost {
  const { hiddenSize, vocabSize, heads, kvHeads, headDim, layers } = config;
  const visible = tokens * from + tokens * (tokens + 1) / 2; // of one sequence
  const weights = layers * layerWeights(config) + hiddenSize * vocabSize;
  return {
    flops: sequences * (2 * tokens * weights + 4 * heads * headDim * layers * visible),
    bytes: 4 * tokens * weights + sequences * 8 * kvHeads * headDim * layers * visible,
  };
}

/** Weights of the dense layers of one decoder layer. */
function layerWeights(config: ModelConfig): number {
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config;
  return hiddenSize * (headDim * (2 * heads + 2 * kvHeads) + 3 * intermediateSize);
}
