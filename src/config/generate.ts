/**
 * What `generate` reads.
 *
 * @module
 */
import { z } from "zod";
import { GpuSection } from "./gpu.ts";
import { ModelSection } from "./model.ts";
import { seedField } from "./run.ts";

/** Settings of `generate`. */
export const GenerateConfig = z.strictObject({
  model: ModelSection.pick({ path: true }).prefault({}),
  prompt: z.string().default("").describe("text to go on from"),
  file: z.string().default("").describe("file whose text to go on from instead"),
  chat: z.boolean().default(false)
    .describe("ask as a user of the model's chat template instead of continuing the text"),
  specials: z.boolean().default(false)
    .describe("read control tokens written in the prompt as control tokens"),
  maxTokens: z.int().min(1).default(256).describe("longest completion, tokens"),
  temperature: z.number().min(0).default(0.6).describe("divides the logits; 0 is greedy"),
  topP: z.number().gt(0).max(1).default(1).describe("smallest probability mass kept; 1 keeps all"),
  topK: z.int().min(0).default(0).describe("tokens kept, count; 0 keeps all"),
  seed: seedField,
  gpu: GpuSection.prefault({}),
}).meta({ title: "generate", description: "Samples a completion of a prompt from a model." });

/** Resolved settings of `generate`. */
export type GenerateConfig = Readonly<z.output<typeof GenerateConfig>>;
