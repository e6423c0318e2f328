/**
 * What `score` reads.
 *
 * @module
 */
import { z } from "zod";
import { GpuSection } from "./gpu.ts";
import { ModelSection } from "./model.ts";

/** Settings of `score`. */
export const ScoreConfig = z.strictObject({
  model: ModelSection.pick({ path: true }).prefault({}),
  text: z.string().default("").describe("text to score"),
  file: z.string().default("").describe("file whose text to score instead"),
  specials: z.boolean().default(false)
    .describe("read control tokens written in the text as control tokens"),
  gpu: GpuSection.prefault({}),
}).meta({
  title: "score",
  description: "Prints token ids and log-probabilities of a text under a model.",
});

/** Resolved settings of `score`. */
export type ScoreConfig = Readonly<z.output<typeof ScoreConfig>>;
