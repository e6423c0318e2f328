/**
 * Measures which share of a bench's real bugs a model repairs: greedy by default, pass@k with several samples.
 *
 *   deno task eval --model.path fixtures/micro/model
 *   deno task eval --samples 10 --temperature 0.8 --json
 *   deno task eval --model.path runs/mine/checkpoints/step-15 --against fixtures/micro/model --junit junit.xml
 *   deno task eval --model.url http://127.0.0.1:8000/v1 --model.name qwen --bench bugs.jsonl --split all
 *
 * @module
 */
import type { Json } from "../src/base/mod.ts";
import {
  alignResults,
  type BenchItem,
  compareEvaluations,
  evaluate,
  evaluateCached,
  evaluateSolving,
  evaluationJunit,
  evaluationMarkdown,
  type EvaluationOutcome,
  evaluationText,
  findContamination,
  type Fixer,
  type ItemResult,
  modelHash,
  openResultCache,
  ratesByKind,
  readBench,
  readResults,
  readTrainingText,
  solveCached,
  spacedItems,
  summarizeEvaluation,
  summarizeSolving,
} from "../src/bench/mod.ts";
import { EvalConfig, readConfig } from "../src/config/mod.ts";
import { GoalError, Progress, runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import {
  longestReply,
  openConfiguredGpu,
  openPolicy,
  openRemote,
  samplingWork,
  tuneGpu,
} from "../src/session/mod.ts";
import { runIn, toJsonl } from "../src/tasks/mod.ts";

/** What a model is measured with. */
interface Tools {
  readonly sandbox: Sandbox;
  readonly items: readonly BenchItem[];
  readonly config: EvalConfig;
}

/** A model under measurement; its hash is only computed for the cache. */
interface Subject<Prompt extends Json, Completion extends { readonly finished: boolean }> {
  readonly name: string;
  readonly fixer: Fixer<Prompt, Completion>;
  readonly hash: () => string | Promise<string>;
  readonly chunk?: number;
}

/** Results of bugs and, where it is asked for, of solving their tasks. */
interface Measured {
  readonly name: string;
  readonly results: readonly ItemResult[];
  readonly solved?: readonly ItemResult[];
}

/** Asks, judges, reports. */
export async function main(args: readonly string[]): Promise<void> {
  const { config: given, json } = await readConfig(EvalConfig, args);
  const config = { ...given, maxTokens: longestReply(given) };
  const { bench, seed, against: name, split, trainedOn } = config;
  const all = await readBench(bench, split === "all" ? undefined : split);
  const items = spacedItems(all.items, config.items);
  const text = trainedOn.length > 0 ? await readTrainingText(trainedOn) : undefined;
  await using sandbox = await Sandbox.open(config.sandbox, writeNote);
  const tools = { sandbox, items, config };
  const { name: model, results, solved } = config.model.url === ""
    ? await measureLocal(config.model.path, tools, config.solve)
    : await measureRemote(tools);
  const other = name === "" ? undefined : await resultsOf(name, results, tools);
  const paired = other && compareEvaluations(other, results, seed);
  const found = {
    ...{ model, bench, kinds: ratesByKind(items, results) },
    ...(solved && { solving: summarizeSolving(solved, seed) }),
    ...(text && { contamination: findContamination(items, results, text, seed) }),
  };
  const summary = summarizeEvaluation(results, seed);
  const value = { ...found, ...summary, ...(paired && { against: { name, ...paired } }) };
  const outcome = { ...found, summary, results, ...(paired && { against: { name, paired } }) };
  await writeReports(outcome, config);
  writeResult({ value, text: evaluationText(outcome) }, json);
  const { fixRate } = summary.mean;
  if (fixRate < config.minFixRate) {
    throw new GoalError(
      `The mean fix rate is ${fixRate.toFixed(3)}, expected at least ${config.minFixRate}`,
    );
  }
}

async function measureLocal(path: string, tools: Tools, solve: boolean): Promise<Measured> {
  const { config } = tools;
  using gpu = await openConfiguredGpu(config.gpu);
  using policy = await openPolicy(gpu, path, config);
  await tuneGpu(gpu, config.gpu, policy.model.config, samplingWork(config.batch));
  const { format, sampler } = policy;
  const fixer = { format, sample: sampler.sample.bind(sampler) };
  return await measure({ name: path, fixer, hash: () => modelHash(path) }, tools, solve);
}

async function measureRemote(tools: Tools): Promise<Measured> {
  const { config: { model, solve } } = tools;
  const fixer = await openRemote(model);
  const { name, hash, chunk } = fixer;
  return await measure({ name, fixer, hash: () => hash, chunk }, tools, solve);
}

/** Asks a model for everything that is not known yet. */
async function measure<Prompt extends Json, Completion extends { readonly finished: boolean }>(
  { name, fixer, hash, chunk }: Subject<Prompt, Completion>,
  { sandbox, items, config }: Tools,
  solve: boolean,
): Promise<Measured> {
  const run = runIn(sandbox);
  const tasks = [...new Map(items.map(({ task }) => [task.id, task])).values()];
  if (config.cache === "") {
    const results = await evaluate(fixer, items, run, config);
    return {
      name,
      results,
      ...(solve && { solved: await evaluateSolving(fixer, tasks, run, config) }),
    };
  }
  const model = await hash();
  const file = await openResultCache(`${config.cache}/${model.slice(0, 16)}.jsonl`);
  const settings = { ...config, ...(chunk !== undefined && { chunk }), cache: { model, file } };
  const { results, known } = await during(
    `measuring ${name}`,
    items.length,
    (onProgress) => evaluateCached(fixer, items, run, { ...settings, onProgress }),
  );
  if (known > 0) writeNote(`${known} of ${items.length} results of ${name} were known.`);
  if (!solve) return { name, results };
  const { results: solved } = await during(
    `solving with ${name}`,
    tasks.length,
    (onProgress) => solveCached(fixer, tasks, run, { ...settings, onProgress }),
  );
  return { name, results, solved };
}

/** Shows progress while something is measured. */
async function during<T>(
  phase: string,
  total: number,
  work: (onProgress: (step: number) => void) => Promise<T>,
): Promise<T> {
  using progress = new Progress(total);
  return await work((step) => progress.update({ step, phase }));
}

/** Results to compare with: saved ones, or those of another model. */
async function resultsOf(
  name: string,
  results: readonly ItemResult[],
  tools: Tools,
): Promise<readonly ItemResult[]> {
  const isFile = await Deno.stat(name).then((stat) => stat.isFile, () => false);
  if (!isFile) return (await measureLocal(name, tools, false)).results;
  return alignResults(results, await readResults(name), name);
}

async function writeReports(outcome: EvaluationOutcome, config: EvalConfig): Promise<void> {
  const { out, markdown, junit } = config;
  if (out !== "") await writeFile(out, toJsonl(outcome.results));
  if (markdown !== "") await writeFile(markdown, evaluationMarkdown(outcome));
  if (junit !== "") await writeFile(junit, evaluationJunit(outcome));
}

if (import.meta.main) await runMain(main);
