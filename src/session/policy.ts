/**
 * A policy: one model on the GPU that is sampled, trained and saved.
 *
 * Sampler and learner work on the same weights; nothing is ever copied between them.
 *
 * @module
 */
import type { BatchConfig, OptimConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import {
  type Checkpoint,
  endTokens,
  loadModel,
  type Model,
  type Precision,
  readCheckpoint,
  type StoredDType,
} from "../model/mod.ts";
import { chatFormat, microFormat, type PromptFormat } from "../prompts/mod.ts";
import { Learner, restoreLearner, saveLearner } from "../rl/mod.ts";
import { Sampler } from "../sample/mod.ts";
import { ConfigError } from "../base/mod.ts";
import { compileChatTemplate, readTokenizer, type Tokenizer } from "../text/mod.ts";

/** Sizes of a policy. */
export interface PolicySettings {
  /** Section `batch`. */
  readonly batch: BatchConfig;
  /** Longest completion, tokens. */
  readonly maxTokens: number;
  /** What products read; f32 by default. */
  readonly precision?: Precision;
}

/** How a policy is trained. */
export interface LearnerOptions {
  /** Section `batch`. */
  readonly batch: BatchConfig;
  /** Section `optim`. */
  readonly optim: OptimConfig;
  /** Temperature of the sampling that is learned from. */
  readonly temperature: number;
  /** Whether activations are computed again; the plan decides. */
  readonly recompute: boolean;
}

/** A model that answers. Dispose of it with `using`. */
export class Policy implements Disposable {
  /** Its weights. */
  readonly model: Model;
  /** The checkpoint it came from. */
  readonly checkpoint: Checkpoint;
  /** How it is asked. */
  readonly format: PromptFormat;
  /** Its tokenizer. */
  readonly tokenizer: Tokenizer;
  /** Samples from it. */
  readonly sampler: Sampler;

  /** Use {@linkcode openPolicy}. */
  constructor(parts: {
    model: Model;
    checkpoint: Checkpoint;
    format: PromptFormat;
    tokenizer: Tokenizer;
    sampler: Sampler;
  }) {
    this.model = parts.model;
    this.checkpoint = parts.checkpoint;
    this.format = parts.format;
    this.tokenizer = parts.tokenizer;
    this.sampler = parts.sampler;
  }

  /** A learner on the policy's weights. */
  learner(settings: LearnerOptions): Learner {
    const { batch: { microRows: rows }, optim, temperature, recompute } = settings;
    return new Learner(this.model, { rows, pairs: rows, temperature, optim, recompute });
  }

  /** Writes model directory and training state. */
  async save(dir: string, learner: Learner, dtype: StoredDType): Promise<void> {
    const { files, configJson } = this.checkpoint;
    await saveLearner(dir, learner, { files, configJson, dtype });
  }

  /** Overwrites the weights with those of a checkpoint of the same model, and the learner's state where one is given. */
  async restore(dir: string, learner?: Learner): Promise<void> {
    const checkpoint = await readCheckpoint(dir);
    for await (const { name, values } of checkpoint.tensors()) this.model.load(name, values);
    if (learner) await restoreLearner(dir, learner);
  }

  /** Destroys sampler and model. */
  [Symbol.dispose](): void {
    this.sampler[Symbol.dispose]();
    this.model[Symbol.dispose]();
  }
}

/**
 * Opens the policy of a model directory.
 *
 * @throws {CheckpointError} If the directory is not a complete model.
 * @throws {ConfigError} If its tokenizer has neither the micro markers nor a chat template.
 */
export async function openPolicy(gpu: Gpu, dir: string, settings: PolicySettings): Promise<Policy> {
  const checkpoint = await readCheckpoint(dir);
  const tokenizer = await readTokenizer(`${dir}/tokenizer.json`);
  const format = openFormat(checkpoint, tokenizer);
  const { batch: { lanes, promptRows }, maxTokens, precision = "f32" } = settings;
  const model = await loadModel(gpu, checkpoint, checkpoint.config.maxPositions, precision);
  const stop = endTokens(checkpoint);
  const sampler = new Sampler(model, { lanes, promptRows, maxTokens, stop });
  return new Policy({ model, checkpoint, format, tokenizer, sampler });
}

/** Micro markers where the tokenizer has them, else the model's chat template. */
function openFormat(checkpoint: Checkpoint, tokenizer: Tokenizer): PromptFormat {
  if (tokenizer.added.has("<|fix|>")) return microFormat(tokenizer);
  const path = `${checkpoint.dir}/tokenizer_config.json`;
  const settings = JSON.parse(checkpoint.files.get("tokenizer_config.json") ?? "{}");
  const template = compileChatTemplate(settings, path, checkpoint.files.get("chat_template.jinja"));
  if (!template) throw new ConfigError(`Cannot prompt ${checkpoint.dir}: it has no chat template`);
  const endToken = String(settings["eos_token"]?.content ?? settings["eos_token"]);
  return chatFormat({ tokenizer, template, endToken });
}
