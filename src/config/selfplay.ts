/**
 * How a round of self-play is played.
 *
 * @module
 */
import { z } from "zod";

/** The arms of the method's comparison. */
export const Method = z.enum([
  "base",
  "fixer-only",
  "self-play",
  "self-play+mixing",
  "self-play+similarity",
  "asp-paper",
  "asp",
  "placebo",
  "ast-mutation",
  "sft",
]);
/** The arms of the method's comparison. */
export type Method = z.output<typeof Method>;

/** The `selfplay` section. */
export const SelfplayConfig = z.strictObject({
  tasks: z.int().min(1).default(16).describe("programs that are broken per round, count"),
  bugsPerTask: z.int().min(1).default(4).describe("bugs sampled per program (G), count"),
  repairsPerBug: z.int().min(1).default(4).describe("repairs sampled per bug (K), count"),
  temperature: z.number().positive().default(0.6)
    .describe("divides the logits, in sampling and in the update"),
  overlongBuffer: z.int().min(0).default(0)
    .describe("last tokens before the limit over which a repair's reward falls by 1; 0 is off"),
  maxTokens: z.int().min(1).default(256).describe("longest completion, tokens"),
  reward: z.enum(["band", "ssr", "azr", "spice"]).default("band")
    .describe("generator's reward as a function of the pass rate; all but band want 8 repairs"),
  generatorPrompts: z.array(z.enum(["plain", "hints", "remove", "rewrite"])).min(1)
    .default(["plain"]).describe("ways to ask for a bug; each round draws one per program"),
  mixingShare: z.number().min(0).max(0.9).default(0.2)
    .describe("share of the fixer's groups that are reference bugs"),
  mixedGenerator: z.boolean().default(false)
    .describe("also train the generator on mixed reference bugs, as if it had made them"),
  replayShare: z.number().min(0).max(0.9).default(0.1)
    .describe("bugs of earlier rounds that were sometimes solved, as a share of the new bugs"),
  secondOrderShare: z.number().min(0).max(0.9).default(0.1)
    .describe("failed repairs that are played as bugs, as a share of the new bugs"),
  resamples: z.int().min(0).max(2).default(0)
    .describe("times that a bug whose repairs all pass or all fail is sampled again, at most"),
  demonstrationWeight: z.number().min(0).default(0.8).describe(
    "advantage of the solution as a repair of a bug that no sampled repair solved; 0 leaves it out",
  ),
  poolSize: z.int().min(0).default(0)
    .describe("reference bugs used, in equal shares of the sources; 0 is all"),
  neighbours: z.int().min(1).default(5).describe("nearest references that similarity is taken of"),
  embedder: z.string().min(1).default("policy")
    .describe("policy, edit-ngrams, or a directory of an embedding model"),
  gateWallMs: z.int().min(50).default(1000)
    .describe("time limit of one program against one set of tests, milliseconds"),
}).readonly();

/** A resolved `selfplay` section. */
export type SelfplayConfig = z.output<typeof SelfplayConfig>;
