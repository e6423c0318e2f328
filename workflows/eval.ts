/**
 * Measures which share of a bench's real bugs a model repairs: greedy by default, pass@k with several samples.
 *
 *   deno task eval --model.path fixtures/micro/model
 *   deno task eval --samples 10 --temperature 0.8 --json
 *   deno task eval --model.path runs/mine/checkpoints/step-15 --against fixtures/micro/model --junit junit.xml
 *
 * @module
 */
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
  type Fixer,
  type ItemResult,
  modelHash,
  openResultCache,
  type Rate,
  ratesByKind,
  readBench,
  readResults,
  spacedItems,
  summarizeEvaluation,
} from "../src/bench/mod.ts";
import { EvalConfig, readConfig } from "../src/config/mod.ts";
import type { Gpu } from "../src/gpu/mod.ts";
import { GoalError, Progress, runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import { openConfiguredGpu, openPolicy, samplingWork, tuneGpu } from "../src/session/mod.ts";
import { runIn, toJsonl } from "../src/tasks/mod.ts";

/** What a model is measured with. */
interface Tools {
  readonly gpu: Gpu;
  readonly sandbox: Sandbox;
  readonly items: readonly BenchItem[];
  readonly config: EvalConfig;
}

/** Asks, judges, reports. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(EvalConfig, args);
  const { model: { path: model }, bench, seed, against: name } = config;
  const all = await readBench(bench, config.split === "all" ? undefined : config.split);
  const items = spacedItems(all.items, config.items);
  using gpu = await openConfiguredGpu(config.gpu);
  await using sandbox = await Sandbox.open(config.sandbox, writeNote);
  const tools = { gpu, sandbox, items, config };
  const { results, solving } = await measure(model, tools, config.solve);
  const other = name === "" ? undefined : await resultsOf(name, results, tools);
  const paired = other && compareEvaluations(other, results, seed);
  const found = { model, bench, kinds: ratesByKind(items, results), ...(solving && { solving }) };
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

/** Results of a model on the items, and the rate at which it solves their tasks where that is asked for. */
async function measure(
  path: string,
  tools: Tools,
  solve = false,
): Promise<{ results: ItemResult[]; solving?: Rate }> {
  const { gpu, sandbox, items, config } = tools;
  using policy = await openPolicy(gpu, path, config);
  await tuneGpu(gpu, config.gpu, policy.model.config, samplingWork(config.batch));
  const { format, sampler } = policy;
  const fixer = { format, sample: sampler.sample.bind(sampler) };
  const run = runIn(sandbox);
  const results = await fixAll(path, fixer, tools);
  if (!solve) return { results };
  const tasks = [...new Map(items.map(({ task }) => [task.id, task])).values()];
  const solved = await evaluateSolving(fixer, tasks, run, config);
  const { mean } = summarizeEvaluation(solved, config.seed);
  return { results, solving: { n: tasks.length, ...mean } };
}

/** Results of a model on the items; known ones are not measured again. */
async function fixAll(
  path: string,
  fixer: Fixer,
  { sandbox, items, config }: Tools,
): Promise<ItemResult[]> {
  const run = runIn(sandbox);
  if (config.cache === "") return await evaluate(fixer, items, run, config);
  const model = await modelHash(path);
  const file = await openResultCache(`${config.cache}/${model.slice(0, 16)}.jsonl`);
  using progress = new Progress(items.length);
  const onProgress = (step: number): void => progress.update({ step, phase: `measuring ${path}` });
  const settings = { ...config, cache: { model, file }, onProgress };
  const { results, known } = await evaluateCached(fixer, items, run, settings);
  if (known > 0) writeNote(`${known} of ${items.length} results of ${path} were known.`);
  return results;
}

/** Results to compare with: saved ones, or those of another model. */
async function resultsOf(
  name: string,
  results: readonly ItemResult[],
  tools: Tools,
): Promise<ItemResult[]> {
  const isFile = await Deno.stat(name).then((stat) => stat.isFile, () => false);
  if (!isFile) return (await measure(name, tools)).results;
  return alignResults(results, await readResults(name), name);
}

async function writeReports(outcome: EvaluationOutcome, config: EvalConfig): Promise<void> {
  const { out, markdown, junit } = config;
  if (out !== "") await writeFile(out, toJsonl(outcome.results));
  if (markdown !== "") await writeFile(markdown, evaluationMarkdown(outcome));
  if (junit !== "") await writeFile(junit, evaluationJunit(outcome));
}

if (import.meta.main) await runMain(main);
