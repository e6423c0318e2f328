/**
 * Evaluation: every bug of a bench is shown to a model, and the tests say which replies fix it.
 *
 * @module
 */
import { type Json, rngStream } from "../base/mod.ts";
import {
  type AskFormat,
  type JudgedReply,
  judgeReply,
  type TokenCompletion,
} from "../prompts/mod.ts";
import { editStats, type RunTests } from "../tasks/mod.ts";
import { bootstrapMean, type Estimate, passAtK, sourceRates } from "./estimators.ts";
import type { BenchItem } from "./items.ts";

/** A model as it is asked: in token ids where it runs here, in words where it runs behind a server. */
export interface Fixer<
  Prompt extends Json = number[],
  Completion extends { readonly finished: boolean } = TokenCompletion,
> {
  /** Prompts and answers. */
  readonly format: AskFormat<Prompt, Completion>;
  /** Samples `count` replies of each prompt. */
  sample(
    requests: readonly { prompt: Prompt; count: number; seed: number }[],
    options: { maxTokens: number; temperature: number; topP: number; topK: number },
  ): Promise<readonly (readonly Completion[])[]>;
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
  /** Replies that were cut at the limit of tokens; absent if none was. */
  readonly truncated?: number;
  /** Replies that are the reference solution in canonical form; absent if none is. */
  readonly verbatim?: number;
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
  /** Mean lines changed by repairs that pass; absent if none does. */
  readonly changedLines?: number;
  /** Share of replies that were cut at the limit of tokens. */
  readonly truncatedShare: number;
  /** Unbiased pass@k by k, mean over sources, for k up to the number of samples. */
  readonly passAtK: PassAtK;
  /** The same by source. */
  readonly passAtKBySource: Readonly<Record<string, PassAtK>>;
}

/** Estimates of pass@k by k. */
export type PassAtK = Readonly<Record<string, number>>;

/** The k of pass@k that are reported. */
const KS = [1, 2, 5, 10, 20];

/**
 * Asks for repairs of all items and judges them.
 *
 * @param run Runs a program against tests, in the sandbox.
 */
export async function evaluate<
  Prompt extends Json,
  Completion extends { readonly finished: boolean },
>(
  fixer: Fixer<Prompt, Completion>,
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
    return summarizeItem(item, judged, replies[i]!);
  }));
}

function summarizeItem(
  { id, source, task, code }: BenchItem,
  judged: readonly JudgedReply[],
  replies: readonly { readonly finished: boolean }[],
): ItemResult {
  const passing = judged.filter(({ passed }) => passed);
  const truncated = replies.filter(({ finished }) => !finished).length;
  const changed = passing.map((reply) => editStats(code, reply.code!).changedLines);
  return {
    id,
    taskId: task.id,
    source,
    attempts: judged.length,
    passed: passing.length,
    visible: judged.filter(({ verdict }) => verdict?.kind === "passed").length,
    ...(changed.length > 0 && {
      changedLines: meanOf(changed),
    }),
    ...(truncated > 0 && { truncated }),
  };
}

/** Rates with intervals: Wilson's by source, the bootstrap clustered by task for their mean. */
export function summarizeEvaluation(
  results: readonly ItemResult[],
  seed: number,
): EvaluationSummary {
  const outcomes = outcomesOf(results, ({ passed, attempts }) => passed / attempts);
  const visible = outcomesOf(results, (item) => item.visible / item.attempts);
  const changed = results.flatMap(({ changedLines }) => changedLines ?? []);
  const bySource = passAtKBySource(results);
  const perSource = Object.values(bySource);
  return {
    items: results.length,
    sources: sourceRates(outcomes),
    mean: bootstrapMean(outcomes, rngStream(seed, "bootstrap")),
    visibleRate: meanRate(sourceRates(visible)),
    ...(changed.length > 0 && { changedLines: meanOf(changed) }),
    truncatedShare: meanOf(results.map(({ truncated = 0, attempts }) => truncated / attempts)),
    passAtK: Object.fromEntries(
      Object.keys(perSource[0] ?? {}).map((k) => [k, meanOf(perSource.map((rates) => rates[k]!))]),
    ),
    passAtKBySource: bySource,
  };
}

function passAtKBySource(results: readonly ItemResult[]): Record<string, PassAtK> {
  const most = Math.min(...results.map(({ attempts }) => attempts));
  const found: Record<string, Record<string, number>> = {};
  for (const k of KS.filter((k) => k <= most)) {
    const rates = outcomesOf(results, (item) => passAtK(item.attempts, item.passed, k));
    for (const [source, { fixRate }] of Object.entries(sourceRates(rates))) {
      (found[source] ??= {})[String(k)] = fixRate;
    }
  }
  return found;
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
  return meanOf(Object.values(rates).map(({ fixRate }) => fixRate));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
