/**
 * Cells of a reproduction: a job run as one arm with one seed, and what is kept of it.
 *
 * @module
 */
import { type ArmCell, cellPath, cellText, packResults } from "../bench/mod.ts";
import { canonicalJson, type Json, sha256Hex } from "../base/mod.ts";
import type { TrainConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import { describeRun, writeFile } from "../run/mod.ts";
import type { InputHashes } from "./inputs.ts";
import { type Initial, type JobResult, runJob } from "./job.ts";

/** A cell that is to be run. */
export interface CellPlan {
  readonly arm: string;
  readonly config: TrainConfig;
  /** Settings that decide the result. */
  readonly experiment: Readonly<Record<string, Json>>;
  /** SHA-256 of those settings. */
  readonly configHash: string;
  readonly inputs: InputHashes;
  /** Command line that asks for it. */
  readonly command: string;
  /** Repairs of each test bug that are sampled at the end. */
  readonly samples: number;
}

/** Name of a cell's run directory: other settings or inputs give another one, so that no run continues as another. */
export function cellRunName({ arm, config, configHash, inputs }: CellPlan): string {
  const hash = sha256Hex(canonicalJson({ configHash, inputs }));
  return `reproduce-${arm}-${config.seed}-${hash.slice(0, 8)}`;
}

/**
 * Runs a cell, continuing where it was ended, and writes its file.
 *
 * @param out Folder of the reproduction.
 * @param initial Known results of the model before training.
 * @returns Results of the model before training, for the next cell.
 */
export async function runCell(
  gpu: Gpu,
  plan: CellPlan,
  { out, initial }: { readonly out: string; readonly initial: Initial },
): Promise<Initial> {
  const { arm, config, samples } = plan;
  const run = { ...config.run, name: cellRunName(plan) };
  const result = await runJob(gpu, { ...config, run }, { initial, samples });
  const { gitCommit, deno } = await describeRun({
    command: "reproduce",
    config,
    seed: config.seed,
    adapter: result.adapter,
  });
  const cell = cellOf(plan, result, { gitCommit, deno });
  await writeFile(cellPath(out, arm, config.seed), cellText(cell));
  return result.initial;
}

/** What is kept of a job. */
function cellOf(
  { arm, config, experiment, configHash, inputs, command, samples }: CellPlan,
  result: JobResult,
  versions: { readonly gitCommit: string; readonly deno: string },
): ArmCell {
  const { adapter, before, after, sampled, rounds, kept, tokens } = result;
  return {
    kind: "cell",
    arm,
    method: config.method,
    seed: config.seed,
    command,
    adapter,
    ...versions,
    configHash,
    inputs: { ...inputs },
    experiment: { ...experiment } as ArmCell["experiment"],
    seconds: Math.round(result.seconds),
    rounds,
    kept,
    tokens,
    samples: sampled ? samples : 0,
    curve: curveOf(result),
    roundly: roundsOf(result.metrics),
    test: packResults({ before: before.test, after: after.test, ...(sampled && { sampled }) }),
    ...(before.heldout.length > 0 && {
      heldoutFamilies: packResults({ before: before.heldout, after: after.heldout }),
    }),
  };
}

function curveOf({ evaluations }: JobResult): ArmCell["curve"] {
  return evaluations.filter(({ split }) => split === "validation")
    .map(({ step, tokens, sources, mean }) => ({
      round: step,
      tokens,
      sources: Object.fromEntries(Object.entries(sources).map(([name, x]) => [name, short(x)])),
      mean: short(mean),
    }));
}

function roundsOf(metrics: JobResult["metrics"]): ArmCell["roundly"] {
  const column = (key: string, has: (line: JobResult["metrics"][number]) => boolean) =>
    metrics.map((line) => has(line) ? short(Number(line[key])) : null);
  const plays = (origin: string) => (line: JobResult["metrics"][number]): boolean =>
    Number((line["fixer.groups"] as Record<string, number> | undefined)?.[origin] ?? 0) > 0;
  const attempts = (line: JobResult["metrics"][number]): boolean =>
    Number(line["generator.attempts"] ?? 0) > 0;
  const [own, references] = [plays("generated"), plays("reference")];
  return {
    tokens: metrics.map((line) => Number(line["tokens"])),
    ownPassRate: column("fixer.ownBugs.reward.mean", own),
    referencePassRate: column("fixer.references.reward.mean", references),
    similarity: column("similarity.mean", own),
    percentile: column("similarity.percentile.mean", own),
    validRate: column("generator.validRate", attempts),
  };
}

/** Four digits after the point. */
function short(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
