/**
 * Importing repair tasks from other formats.
 *
 * @module
 */
import { z } from "zod";
import { SandboxConfig } from "./sandbox.ts";

/** The whole configuration of `import`. */
export const ImportConfig = z.strictObject({
  source: z.string().regex(
    /^(human|human-edited-lm|lm:.+)?$/,
    "expected human, human-edited-lm or lm:<model>",
  )
    .default("").describe("who made the bugs, where the format does not say"),
  license: z.string().default("").describe("license of the items, where the format does not say"),
  wallMs: z.int().min(50).default(5000)
    .describe("time limit of a buggy program, milliseconds; a fixed one gets twice as much"),
  out: z.string().regex(/.\.jsonl$/, "expected a name that ends in .jsonl")
    .describe("file of bugs to write; what is turned away goes beside it, .rejected.jsonl"),
  split: z.boolean().default(false)
    .describe("also write .train.jsonl, .validation.jsonl, .test.jsonl and a data card, .card.md"),
  testShare: z.number().min(0).max(1).default(0.2).describe("tasks that are tested, share at most"),
  validationShare: z.number().min(0).max(1).default(0.1)
    .describe("tasks that are validated on, share at most"),
  everySource: z.boolean().default(true)
    .describe("whether a tested task must have a bug of every source"),
  seed: z.int().min(0).default(1).describe("seed of the split"),
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "import",
  description:
    "Imports repair tasks that hold: the buggy program fails its tests, the fixed one passes them.",
  positionals: ["FORMAT", "PATH"],
}).readonly();

/** A resolved configuration of `import`. */
export type ImportConfig = z.output<typeof ImportConfig>;
