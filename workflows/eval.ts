/**
 * Measures which share of a bench's real bugs a model repairs: greedy by default, pass@k with several samples.
 *
 *   deno task eval --model.path fixtures/micro/model
 *   deno task eval --samples 10 --temperature 0.8 --json
 *
 * @module
 */
import {
  evaluate,
  type EvaluationSummary,
  readBench,
  summarizeEvaluation,
} from "../src/bench/mod.ts";
import { EvalConfig, readConfig } from "../src/config/mod.ts";
import { openGpu } from "../src/gpu/mod.ts";
import { GoalError, runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import { openPolicy } from "../src/session/mod.ts";
import { judge, toJsonl } from "../src/tasks/mod.ts";

/** Asks, judges, reports. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(EvalConfig, args);
  const bench = await readBench(config.bench, config.split === "all" ? undefined : config.split);
  const items = config.items > 0 ? bench.items.slice(0, config.items) : bench.items;
  using gpu = await openGpu();
  using policy = await openPolicy(gpu, config.model.path, config);
  await using sandbox = await Sandbox.open(config.sandbox, writeNote);
  const { format, sampler } = policy;
  const results = await evaluate(
    { format, sample: sampler.sample.bind(sampler) },
    items,
    (program, tests, options) => judge(sandbox, program, tests, options),
    config,
  );
  if (config.out !== "") await writeFile(config.out, toJsonl(results));
  const summary = summarizeEvaluation(results, config.seed);
  const value = { model: config.model.path, bench: config.bench, ...summary };
  writeResult({ value, text: table(summary) }, json);
  if (summary.mean.fixRate < config.minFixRate) {
    throw new GoalError(
      `The mean fix rate is ${
        summary.mean.fixRate.toFixed(3)
      }, expected at least ${config.minFixRate}`,
    );
  }
}

/** A line a source, and the mean. */
function table({ sources, mean, passAtK, visibleRate }: EvaluationSummary): string {
  const percent = (rate: number): string => (100 * rate).toFixed(1).padStart(5);
  const rows = [...Object.entries(sources), ["mean", { ...mean, n: "" }] as const];
  const lines = rows.map(([name, { n, fixRate, low, high }]) =>
    `${name.padEnd(18)} ${String(n).padStart(5)}  ${percent(fixRate)}  [${percent(low)}, ${
      percent(high)
    }]`
  );
  const atK = Object.entries(passAtK).map(([k, rate]) => `pass@${k} ${percent(rate).trim()}`);
  return [
    "fix rate, %            n   rate  95 % interval",
    ...lines,
    `visible tests alone: ${percent(visibleRate).trim()}; ${atK.join(", ")}`,
  ].join("\n");
}

if (import.meta.main) await runMain(main);
