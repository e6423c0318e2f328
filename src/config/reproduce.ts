/**
 * A reproduction: which arms, over which seeds, at which compute.
 *
 * @module
 */
import { z } from "zod";
import { ArmName } from "./arms.ts";
import { Method } from "./selfplay.ts";
import { TrainConfig } from "./train.ts";

/** The whole configuration of `reproduce`: that of `train`, shared by all arms, and the plan of arms and seeds. */
export const ReproduceConfig = TrainConfig.unwrap()
  .omit({
    ...{ method: true, seed: true, resume: true, profile: true },
    ...{ dumpRollouts: true, replay: true },
  })
  .extend({
    arms: z.array(ArmName).min(1).default([...Method.options])
      .describe("arms that are run, in this order; the report shows all that have results"),
    seeds: z.string().regex(/^\d+(-\d+)?$|^\d+(,\d+)+$/, "expected N, A-B, or a list A,B,…")
      .default("5").describe("seeds of each arm: N for 1 to N, A-B for a range, or a list"),
    tokens: z.int().min(1).default(400_000)
      .describe("sampled and trained tokens of every arm that trains: the same compute for all"),
    samples: z.int().min(0).max(35).default(10)
      .describe("repairs of each test bug sampled at the end, for pass@k; 0 is off"),
    crossPlay: z.array(ArmName).default([]).describe(
      "arms whose checkpoints play each other, seed by seed; their runs keep all checkpoints",
    ),
    crossPlayPoints: z.int().min(2).default(5)
      .describe("checkpoints that play each other, the base among them, count"),
    crossPlayPrograms: z.int().min(1).default(32)
      .describe("programs that each generator of cross-play breaks, count"),
    out: z.string().min(1).default("docs/reproduction")
      .describe("folder of the cells (one file an arm and seed) and of the report"),
    reportOnly: z.boolean().default(false).describe("write the report of the cells that are there"),
    recompute: z.boolean().default(false)
      .describe("run cells again that other settings or inputs made, in place of refusing them"),
    plan: z.boolean().default(false)
      .describe("print the cells, their state, tokens and estimated time, and start nothing"),
  }).meta({
    title: "reproduce",
    description:
      "Trains every arm of the comparison over several seeds at equal compute, and reports.",
  }).readonly();

/** A resolved configuration of `reproduce`. */
export type ReproduceConfig = z.output<typeof ReproduceConfig>;

/** What all arms share: the configuration without the plan of arms and seeds. */
export function sharedConfig(config: ReproduceConfig): object {
  const own: readonly string[] = [
    "arms",
    "seeds",
    "samples",
    "crossPlay",
    "crossPlayPoints",
    "crossPlayPrograms",
    "out",
    "reportOnly",
    "recompute",
    "plan",
  ];
  return Object.fromEntries(Object.entries(config).filter(([key]) => !own.includes(key)));
}

/** The seeds of `N`, `A-B` or `A,B,…`. */
export function seedsOf(text: string): number[] {
  if (text.includes(",")) return [...new Set(text.split(",").map(Number))];
  const [first, last] = text.includes("-") ? text.split("-").map(Number) : [1, Number(text)];
  return Array.from({ length: Math.max(0, last! - first! + 1) }, (_, i) => first! + i);
}
