/**
 * The learner of a pretraining run: a new model or the run's newest checkpoint, and how it is saved.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { PretrainConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import {
  createModel,
  loadModel,
  type Model,
  newModelConfig,
  readCheckpoint,
} from "../model/mod.ts";
import { Learner, restoreLearner, saveLearner } from "../rl/mod.ts";
import { type Tokenizer, tokenizerConfig } from "../text/mod.ts";

/** A model in training. Dispose of it with `using`. */
export class PretrainSession implements Disposable {
  /** Gradients and optimiser. */
  readonly learner: Learner;
  readonly #files: ReadonlyMap<string, string>;
  readonly #config: PretrainConfig;

  /** Use {@linkcode openPretraining}. */
  constructor(learner: Learner, config: PretrainConfig, files: ReadonlyMap<string, string>) {
    this.learner = learner;
    this.#config = config;
    this.#files = files;
  }

  /** Writes model and training state into a directory. */
  async save(dir: string): Promise<void> {
    await saveLearner(dir, this.learner, { files: this.#files, dtype: this.#config.dtype });
  }

  /** Destroys model and learner. */
  [Symbol.dispose](): void {
    this.learner[Symbol.dispose]();
    this.learner.model[Symbol.dispose]();
  }
}

/**
 * Starts from random weights, or continues a checkpoint.
 *
 * @param start `tokenizer` gives the vocabulary; `path` is a checkpoint of this run to continue.
 * @throws {CheckpointError} If the checkpoint cannot be read or has no training state.
 */
export async function openPretraining(
  gpu: Gpu,
  config: PretrainConfig,
  start: { tokenizer: Tokenizer; path: string | undefined },
): Promise<PretrainSession> {
  const { tokenizer, path } = start;
  const positions = config.maxTokens;
  const rng = rngStream(config.seed, "init");
  const model: Model = path
    ? await loadModel(gpu, await readCheckpoint(path), positions)
    : createModel(gpu, newModelConfig(config.shape, tokenizer.vocabSize), { rng, positions });
  const { microRows: rows, optim } = config;
  const learner = new Learner(model, { rows, pairs: rows, temperature: 1, optim });
  if (path) await restoreLearner(path, learner);
  const end = "<|endoftext|>";
  const files = new Map([
    ["tokenizer.json", `${JSON.stringify(tokenizer.toJson())}\n`],
    ["tokenizer_config.json", `${JSON.stringify(tokenizerConfig(end), null, 2)}\n`],
    ["generation_config.json", `${JSON.stringify({ ["eos_token_id"]: tokenizer.id(end) })}\n`],
  ]);
  return new PretrainSession(learner, config, files);
}
