/**
 * What `corpus` generates and where it goes.
 *
 * @module
 */
import { z } from "zod";
import { seedField } from "./run.ts";
import { SandboxConfig } from "./sandbox.ts";

/** Settings of `corpus`. */
export const CorpusConfig = z.strictObject({
  tasks: z.int().min(1).max(200_000).default(9500).describe("tasks to make, count"),
  out: z.string().min(1).default("runs/corpus").describe("directory to write the files to"),
  programs: z.int().min(0).default(1000)
    .describe("tasks put aside for self-play in programs.jsonl, never pretrained on, count"),
  seed: seedField,
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "corpus",
  description:
    "Generates small programs with statements and tests, and pretraining examples of them.",
});

/** Resolved settings of `corpus`. */
export type CorpusConfig = Readonly<z.output<typeof CorpusConfig>>;
