/**
 * Evaluation: every bug of a bench is shown to a model, and the tests say which replies fix it.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import { judgeReply, type PromptFormat } from "../prompts/mod.ts";
import { editStats, type RunTests } from "../tasks/mod.ts";
import { bootstrapMean, type Estimate, passAtK, sourceRates } from "./estimators.ts";
import type { BenchItem } from "./items.ts";

/** A model as it is asked. */
export interface Fixer {
  /** Prompts and answers. */
  readonly format: PromptFormat;
  /** Samples `count` replies of each prompt. */
  sample(
    requests: readonly { prompt: readonly number[]; count: number; seed: number }[],
    options: { maxTokens: number; temperature: number; topP: number; topK: number },
  ): Promise<readonly (readonly { tokens: readonly number[]; finished: boolean }[])[]>;
}

/** How to ask. */
export interface EvaluateSettings {
  /** Replies per bug; 1 at temperature 0 is the headline. */
  readonly samples: number;
  /** Divides the logits; 0 is greedy. */
  readonly temperature: number;
  /** Longest reply, tokens. */
  readonly maxTokens: number;
  /** Time limit of one program, milliseconds. */
  readonly wallMs: number;
  /** Seed of sampling and of the bootstrap. */
  readonly seed: number;
}

/** What became of one bug. */
export interface ItemResult {
  readonly id: string;
  readonly taskId: string;
  readonly source: string;
  /** Replies. */
  readonly attempts: number;
  /** Replies that pass visible and hidden tests. */
  readonly passed: number;
  /** Replies that pass the visible tests. */
  readonly visible: number;
  /** Mean lines changed by the replies that pass; absent if none does. */
  readonly changedLines?: number;
}

/** Rates of a whole evaluation, as shares. */
export interface EvaluationSummary {
  /** Number of bugs. */
  readonly items: number;
  /** By source, alphabetically. */
  readonly sources: Readonly<Record<string, Estimate & { readonly n: number }>>;
  /** Unweighted over sources. */
  readonly mean: Estimate;
  /** Mean over sources of the share that passes the visible tests. */
  readonly visibleRate: number;
  /** Unbiased pass@k by k, mean over sources, for k up to the number of samples. */
  readonly passAtK: Readonly<Record<string, number>>;
}

/** The k of pass@k that are reported. */
const KS = [1, 2, 5, 10, 20];

/**
 * Asks for repairs of all items and judges them.
 *
 * @param run Runs a program against tests, in the sandbox.
 */
export async function evaluate(
  fixer: Fixer,
  items: readonly BenchItem[],
  run: RunTests,
  settings: EvaluateSettings,
): Promise<ItemResult[]> {
  const { samples, temperature, maxTokens, wallMs, seed } = settings;
  const context = { format: fixer.format, run, wallMs };
  const requests = await Promise.all(items.map(async ({ id, task, code }) => {
    const verdict = await run({ ...task, code }, task.tests, { limits: { wallMs } });
    return {
      prompt: fixer.format.fixPrompt(task, { code, verdict }),
      count: samples,
      seed: rngStream(seed, "evaluate", id).seed32(),
    };
  }));
  const replies = await fixer.sample(requests, { maxTokens, temperature, topP: 1, topK: 0 });
  return await Promise.all(items.map(async (item, i) => {
    const judged = await Promise.all(
      replies[i]!.map((reply) => judgeReply(context, item.task, reply)),
    );
    return summarizeItem(item, judged);
  }));
}

function summarizeItem(
  { id, source, task, code }: BenchItem,
  judged: readonly Awaited<ReturnType<typeof judgeReply>>[],
): ItemResult {
  const passing = judged.filter(({ passed }) => passed);
  const changed = passing.map((reply) => editStats(code, reply.code!).changedLines);
  return {
    id,
    taskId: task.id,
    source,
    attempts: judged.length,
    passed: passing.length,
    visible: judged.filter(({ verdict }) => verdict?.kind === "passed").length,
    ...(changed.length > 0 && {
      changedLines: changed.reduce((sum, lines) => sum + lines, 0) / changed.length,
    }),
  };
}

/** Rates with intervals: Wilson's by source, the bootstrap clustered by task for their mean. */
export function summarizeEvaluation(
  results: readonly ItemResult[],
  seed: number,
): EvaluationSummary {
  const outcomes = outcomesOf(results, ({ passed, attempts }) => passed / attempts);
  const visible = outcomesOf(results, (item) => item.visible / item.attempts);
  const most = Math.min(...results.map(({ attempts }) => attempts));
  const atK = KS.filter((k) => k <= most).map((k) => {
    const rates = sourceRates(
      outcomesOf(results, (item) => passAtK(item.attempts, item.passed, k)),
    );
    return [String(k), meanRate(rates)];
  });
  return {
    items: results.length,
    sources: sourceRates(outcomes),
    mean: bootstrapMean(outcomes, rngStream(seed, "bootstrap")),
    visibleRate: meanRate(sourceRates(visible)),
    passAtK: Object.fromEntries(atK),
  };
}

/** Results as outcomes of the estimators. */
export function outcomesOf(
  results: readonly ItemResult[],
  rate: (item: ItemResult) => number,
): { taskId: string; source: string; passed: number }[] {
  return results.map((item) => ({
    taskId: item.taskId,
    source: item.source,
    passed: rate(item),
  }));
}

function meanRate(rates: Readonly<Record<string, Estimate>>): number {
  const values = Object.values(rates).map(({ fixRate }) => fixRate);
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
