/**
 * Collects a model's own mistakes: samples solutions of tasks and keeps one of each task that runs but fails.
 *
 *   deno task collect --model.path runs/base/checkpoints/step-319 --name weak --out weak.jsonl
 *
 * @module
 */
import { CollectConfig, readConfig } from "../src/config/mod.ts";
import { runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import {
  collectMistakes,
  openConfiguredGpu,
  openPolicy,
  samplingWork,
  tuneGpu,
} from "../src/session/mod.ts";
import { readTasks, runIn, toJsonl } from "../src/tasks/mod.ts";

/** Samples, judges, writes. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(CollectConfig, args);
  const tasks = await readTasks(config.tasks);
  using gpu = await openConfiguredGpu(config.gpu);
  using policy = await openPolicy(gpu, config.model.path, config);
  await tuneGpu(gpu, config.gpu, policy.model.config, samplingWork(config.batch));
  await using sandbox = await Sandbox.open(config.sandbox, writeNote);
  const { bugs, without, solveRate } = await collectMistakes(
    policy,
    tasks,
    runIn(sandbox),
    config,
  );
  await writeFile(config.out, toJsonl(bugs));
  const value = { out: config.out, tasks: tasks.length, bugs: bugs.length, without, solveRate };
  const text = `${config.out}: bugs of ${bugs.length} of ${tasks.length} tasks; ` +
    `${(solveRate * 100).toFixed(1)} % of the samples solve theirs`;
  writeResult({ value, text }, json);
}

if (import.meta.main) await runMain(main);
