/**
 * Measuring a policy between rounds: test bugs before and after, validation bugs to pick the checkpoint.
 *
 * @module
 */
import {
  type BenchItem,
  type EvaluationSummary,
  type ItemResult,
  readBench,
  spacedItems,
  summarizeEvaluation,
} from "../bench/mod.ts";
import { ConfigError } from "../base/mod.ts";
import type { TrainConfig } from "../config/mod.ts";

/** The bugs a run is measured on. */
export interface Measures {
  /** Held-out skeletons: the headline. */
  readonly test: readonly BenchItem[];
  /** Held-out families: the harder test, reported apart; may be empty. */
  readonly heldout: readonly BenchItem[];
  /** Real bugs that pick the checkpoint. */
  readonly validation: readonly BenchItem[];
}

/**
 * Reads the bench of a run.
 *
 * @throws {ConfigError} If it has no test or validation bugs.
 */
export async function readMeasures(config: TrainConfig): Promise<Measures> {
  const all = await readBench(config.bench);
  const of = (split: string) =>
    spacedItems(all.items.filter(({ task }) => task.split === split), config.evaluateItems);
  const [test, heldout, validation] = [of("test"), of("heldout-family"), of("validation")];
  if (test.length === 0 || validation.length === 0) {
    throw new ConfigError(
      `Cannot use ${config.bench}: expected bugs of splits test and validation`,
    );
  }
  return { test, heldout, validation };
}

/** One line of `eval.jsonl`. */
export interface EvaluationRecord {
  /** Rounds done. */
  readonly step: number;
  /** Tokens sampled and trained on so far. */
  readonly tokens: number;
  /** Which bugs. */
  readonly split: string;
  /** Mean fix rate over sources. */
  readonly mean: number;
  /** Fix rate by source. */
  readonly sources: Readonly<Record<string, number>>;
  /** Rates with intervals. */
  readonly summary: EvaluationSummary;
  /** What became of every bug. */
  readonly results: readonly ItemResult[];
}

/** One line of `eval.jsonl`: rates by source, and what became of every bug. */
export function evaluationRecord(
  place: { step: number; tokens: number; split: string },
  results: readonly ItemResult[],
  seed: number,
): EvaluationRecord {
  const summary = summarizeEvaluation(results, seed);
  const sources = Object.entries(summary.sources).map(([name, { fixRate }]) => [name, fixRate]);
  return {
    ...place,
    mean: summary.mean.fixRate,
    sources: Object.fromEntries(sources),
    summary,
    results,
  };
}
