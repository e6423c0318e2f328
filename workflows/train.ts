/**
 * Trains one model in two roles: the generator breaks working programs, the fixer repairs them, and the sandbox says
 * who was right. A small set of real bugs anchors both.
 *
 * Measures the fix rate on held-out real bugs before and after; writes metrics, rollouts, checkpoints and a report
 * under `runs/<name>/`, and continues from the newest checkpoint found there.
 *
 *   deno task train
 *   deno task train --method self-play --steps 2 --json
 *
 * @module
 */
import { plots, trainReport, trainSummary } from "../src/bench/mod.ts";
import { readConfig, TrainConfig } from "../src/config/mod.ts";
import { openGpu } from "../src/gpu/mod.ts";
import { readCheckpoint } from "../src/model/mod.ts";
import { runMain, storedConfig, writeFile, writeResult } from "../src/run/mod.ts";
import {
  describePlan,
  hashInputs,
  type JobResult,
  planTraining,
  runJob,
} from "../src/session/mod.ts";

/** Trains to `config.steps` or `config.tokens`; a candidate that crashes is a reward, never an exception. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(TrainConfig, args, storedConfig("train"));
  if (config.plan) {
    const { config: model } = await readCheckpoint(config.model.path);
    const plan = planTraining(config, model);
    return writeResult({ value: plan, text: describePlan(plan) }, json);
  }
  using gpu = await openGpu();
  const result = await runJob(gpu, config);
  await report(config, result, json);
}

/** Writes the report into the run directory and the result to stdout. */
async function report(config: TrainConfig, result: JobResult, json: boolean): Promise<void> {
  const { method, seed } = config;
  const { path, adapter, before, after, rounds: steps, evaluations, metrics } = result;
  const record = {
    ...{ method, steps, seed, adapter, metrics },
    before: before.test,
    after: after.test,
    ...(before.heldout.length > 0 && {
      heldout: { before: before.heldout, after: after.heldout },
    }),
    validations: evaluations.filter(({ split }) => split === "validation"),
    wallSeconds: result.seconds,
    inputs: await hashInputs(config),
  };
  const drawn = await plots(record);
  const { json: value, markdown, table } = trainReport({ ...record, plots: Object.keys(drawn) });
  await writeFile(`${path}/report.json`, `${JSON.stringify(value, null, 2)}\n`);
  await writeFile(`${path}/report.md`, markdown);
  for (const [name, svg] of Object.entries(drawn)) await writeFile(`${path}/${name}`, svg);
  writeResult({ value: trainSummary(path, record), text: `${table}\n${path}/report.md` }, json);
}

if (import.meta.main) await runMain(main);
