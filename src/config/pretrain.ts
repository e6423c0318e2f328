/**
 * Pretraining of a small model on prompts that solve, break and fix programs.
 *
 * @module
 */
import { z } from "zod";
import { withDefaults } from "./defaults.ts";
import { GpuSection } from "./gpu.ts";
import { ModelShape } from "./model.ts";
import { OptimConfig } from "./optim.ts";
import { RunConfig } from "./run.ts";

/** The whole configuration of `pretrain`. */
export const PretrainConfig = z.strictObject({
  examples: z.string().default("runs/corpus/examples.jsonl")
    .describe("file of training examples, as the corpus command writes it"),
  validation: z.string().default("runs/corpus/validation.jsonl")
    .describe("file of examples of held-out skeletons"),
  tokenizer: z.string().default("fixtures/micro/model")
    .describe("folder that holds tokenizer.json"),
  shape: withDefaults(ModelShape, { intermediateSize: 384 }).prefault({}),
  steps: z.int().min(1).default(1250).describe("optimiser steps, count"),
  batch: z.int().min(1).default(48).describe("examples a step, count"),
  shares: z.strictObject({
    solve: z.number().min(0).default(0.68).describe("chance that an example solves a task"),
    fix: z.number().min(0).default(0.015).describe("chance that an example repairs a program"),
    break: z.number().min(0).default(0.305).describe("chance that an example breaks a program"),
  }).prefault({}),
  maxTokens: z.int().min(16).default(320).describe("longer examples are left out, tokens"),
  promptWeight: z.number().min(0).max(1).default(0.25)
    .describe("weight of a prompt token's loss beside an answer token's 1"),
  changeWeight: z.number().positive().default(4)
    .describe("weight of the token with which a bug departs from its program"),
  curriculum: z.number().min(0).max(1).default(0.3)
    .describe("share of the steps over which harder examples are phased in"),
  optim: withDefaults(OptimConfig, { rate: 3e-3, warmup: 40, floor: 0.05, decay: 0.05 })
    .prefault({}),
  microRows: z.int().min(64).default(6144)
    .describe("most tokens of a micro-batch; a step has as many as its examples need, tokens"),
  dtype: z.enum(["F32", "F16", "BF16"]).default("F16")
    .describe("number format of the weights in checkpoints"),
  checkpointEvery: z.int().min(1).default(50).describe("steps between checkpoints, count"),
  validateEvery: z.int().min(1).default(50).describe("steps between validations, count"),
  validationExamples: z.int().min(1).default(192).describe("examples of a validation, count"),
  seed: z.int().min(0).default(1).describe("seed of initialisation and order"),
  gpu: GpuSection.prefault({}),
  run: RunConfig.prefault({}),
}).check((context) => {
  const { maxTokens, microRows } = context.value;
  if (microRows >= maxTokens) return;
  context.issues.push({
    code: "custom",
    path: ["microRows"],
    message: `expected at least maxTokens, ${maxTokens}`,
    input: microRows,
  });
}).meta({
  title: "pretrain",
  description: "Trains a small model on next tokens of prompts that solve, break and fix programs.",
}).readonly();

/** A resolved configuration of `pretrain`. */
export type PretrainConfig = z.output<typeof PretrainConfig>;
