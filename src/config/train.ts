/**
 * Anchored self-play: what it trains on, how long, and how it is measured.
 *
 * @module
 */
import { z } from "zod";
import { BatchConfig } from "./batch.ts";
import { withDefaults } from "./defaults.ts";
import { GpuSection } from "./gpu.ts";
import { TrainedModelSection } from "./model.ts";
import { OptimConfig } from "./optim.ts";
import { RlConfig } from "./rl.ts";
import { RunConfig } from "./run.ts";
import { SandboxConfig } from "./sandbox.ts";
import { Method, SelfplayConfig } from "./selfplay.ts";

/** The whole configuration of `train`. */
export const TrainConfig = z.strictObject({
  method: Method.default("asp").describe("which arm of the comparison is trained"),
  steps: z.int().min(1).default(48).describe("rounds of self-play, count"),
  tokens: z.int().min(0).default(0).describe(
    "sampled and trained tokens after which training ends, however many rounds that takes; the " +
      "rate's schedule and the measurements of `steps` rounds are spread over them; 0 is off",
  ),
  seed: z.int().min(0).default(1).describe("seed of every random draw"),
  plan: z.boolean().default(false)
    .describe("print tasks, bugs, repairs, tokens and bytes per step, and start nothing"),
  profile: z.boolean().default(false).describe(
    "time every kernel of the newest step into profile.json and profile.md, which slows it down",
  ),
  resume: z.boolean().default(false)
    .describe("continue the newest run of this command; a named run is always continued"),
  dumpRollouts: z.boolean().default(false)
    .describe("write exact token ids, log-probabilities and rewards of every round, for --replay"),
  replay: z.string().default("").describe(
    "run directory with dumped rounds to learn from once more, as that run was configured; " +
      "nothing is sampled; empty: play",
  ),
  model: TrainedModelSection.prefault({}),
  programs: z.string().default("fixtures/micro/programs.jsonl")
    .describe("file of the tasks whose programs are broken"),
  anchors: z.string().default("fixtures/micro/references.jsonl")
    .describe("file of real bugs that anchor both roles"),
  bench: z.string().default("fixtures/micro/bench.jsonl")
    .describe("file of held-out real bugs; its validation split picks the checkpoint"),
  validateEvery: z.int().min(0).default(8)
    .describe("rounds between measurements on validation bugs, count; 0 is never"),
  evaluateItems: z.int().min(0).default(0)
    .describe("bugs of each measurement, count; 0 is all"),
  checkpointEvery: z.int().min(1).default(8).describe("rounds between checkpoints, count"),
  selfplay: SelfplayConfig.prefault({}),
  rl: RlConfig.prefault({}),
  optim: withDefaults(OptimConfig, { rate: 3e-4, warmup: 4, floor: 0.1, beta2: 0.98 }).prefault({}),
  batch: BatchConfig.prefault({}),
  gpu: GpuSection.prefault({}),
  sandbox: SandboxConfig.prefault({}),
  run: RunConfig.prefault({}),
}).meta({
  title: "train",
  description: "Trains one model to break and to repair programs by anchored self-play.",
}).readonly();

/** A resolved configuration of `train`. */
export type TrainConfig = z.output<typeof TrainConfig>;
