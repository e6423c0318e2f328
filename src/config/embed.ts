/**
 * Embedding the bugs of a file.
 *
 * @module
 */
import { z } from "zod";
import { GpuSection } from "./gpu.ts";
import { ModelSection } from "./model.ts";

/** Field `embedder` of commands that embed edits. */
export const embedderField: z.ZodDefault<z.ZodString> = z.string().min(1).default("edit-ngrams")
  .describe("edit-ngrams, policy (the model), or a directory of an embedding model");

/** The whole configuration of `embed`. */
export const EmbedConfig = z.strictObject({
  tasks: z.string().default("").describe("file of the tasks of bugs that do not stand alone"),
  embedder: embedderField,
  model: ModelSection.pick({ path: true }).prefault({}),
  neighbours: z.int().min(0).default(5).describe("nearest bugs that are listed, count"),
  otherTasks: z.boolean().default(true).describe("leave out neighbours of the same task"),
  gpu: GpuSection.prefault({}),
  out: z.string().default("")
    .describe("file for the vectors and neighbours of every bug, JSON lines; empty: none"),
}).meta({
  title: "embed",
  description: "Embeds the edits of a file of bugs and lists the nearest neighbours of each.",
  positionals: ["FILE"],
}).readonly();

/** A resolved configuration of `embed`. */
export type EmbedConfig = z.output<typeof EmbedConfig>;
