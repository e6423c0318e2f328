/**
 * The GPU as a configuration asks for it: which implementation of WebGPU, and which kernels.
 *
 * @module
 */
import type { BatchConfig, GpuSection } from "../config/mod.ts";
import { autotune, type ChoiceStore, type Gpu, openGpu, type Problem } from "../gpu/mod.ts";
import { type ModelConfig, modelProblems, type Precision, type WorkSizes } from "../model/mod.ts";
import type { TuningOptions } from "../ops/mod.ts";
import { choiceFiles } from "../run/mod.ts";

/** Where choices are kept between runs. */
const CHOICES = ".cache/tuning";

/**
 * Opens the GPU of a configuration.
 *
 * @param options `profile` measures every kernel.
 * @throws {DeviceError} If there is no adapter.
 * @throws {ConfigError} If the backend cannot be loaded.
 */
export async function openConfiguredGpu(
  { backend }: GpuSection,
  options: { profile?: boolean } = {},
): Promise<Gpu> {
  return await openGpu({ ...options, backend });
}

/**
 * Chooses kernels as the configuration allows, from the cache or by timing them.
 *
 * Software adapters keep the defaults, which were chosen on them.
 *
 * @param problemsOf The choices to be made, between the kernels that may be chosen.
 * @param store Where the choices are kept; by default the cache folder.
 */
export async function tuneProblems(
  gpu: Gpu,
  section: GpuSection,
  problemsOf: (options: TuningOptions) => readonly Problem[],
  store: ChoiceStore = choiceFiles(CHOICES),
): Promise<void> {
  if (section.autotune === "off" || gpu.adapter.software) return;
  await autotune(gpu, problemsOf({ inHalf: section.autotune === "half" }), store);
}

/**
 * Chooses the kernels for a model's matrix products, as {@linkcode tuneProblems} does.
 *
 * @param work Rows of the products to come, and how their factors are stored.
 * @param store Where the choices are kept; by default the cache folder.
 */
export async function tuneGpu(
  gpu: Gpu,
  section: GpuSection,
  model: ModelConfig,
  work: WorkSizes,
  store?: ChoiceStore,
): Promise<void> {
  await tuneProblems(gpu, section, (options) => modelProblems(gpu, model, work, options), store);
}

/** Rows of the products of sampling: prompts, and tokens of all lanes. */
export function samplingWork({ lanes, promptRows }: BatchConfig): WorkSizes {
  return { inference: [lanes, promptRows] };
}

/** Rows and storage of the products of a training run, which samples and learns. */
export function trainingWork(batch: BatchConfig, precision: Precision): WorkSizes {
  return { ...samplingWork(batch), training: [batch.microRows], precision };
}
