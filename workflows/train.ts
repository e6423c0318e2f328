/**
 * Trains one model in two roles: the generator breaks working programs, the fixer repairs them, and the sandbox says
 * who was right. A small set of real bugs anchors both.
 *
 * Measures the fix rate on held-out real bugs before and after; writes metrics, rollouts, checkpoints and a report
 * under `runs/<name>/`, and continues from the newest checkpoint found there.
 *
 *   deno task train
 *   deno task train --method self-play --steps 2 --json
 *   deno task train --replay runs/mine --rl.loss cispo
 *
 * @module
 */
import { plots, trainReport, trainSummary } from "../src/bench/mod.ts";
import { readConfig, TrainConfig } from "../src/config/mod.ts";
import { readCheckpoint } from "../src/model/mod.ts";
import { runMain, storedConfig, writeFile, writeResult } from "../src/run/mod.ts";
import {
  describePlan,
  hashInputs,
  type JobResult,
  openConfiguredGpu,
  planTraining,
  replayedValues,
  type ReplayResult,
  runJob,
  runReplay,
} from "../src/session/mod.ts";

/** Trains to `config.steps` or `config.tokens`; a candidate that crashes is a reward, never an exception. */
export async function main(args: readonly string[]): Promise<void> {
  const stored = storedConfig("train");
  const { config, json } = await readConfig(
    TrainConfig,
    args,
    (given) => given.replay === "" ? stored(given) : replayedValues(given.replay),
  );
  if (config.plan) {
    const { config: model } = await readCheckpoint(config.model.path);
    const plan = planTraining(config, model);
    return writeResult({ value: plan, text: describePlan(plan) }, json);
  }
  using gpu = await openConfiguredGpu(config.gpu, config);
  if (config.replay !== "") return tellReplay(await runReplay(gpu, config), json);
  const result = await runJob(gpu, config);
  await report(config, result, json);
}

function tellReplay(value: ReplayResult, json: boolean): void {
  const { path, rounds, same } = value;
  const agreement = same === undefined
    ? "the replayed run kept no checkpoint to compare with"
    : `its weights are ${same ? "bit-identical to" : "not"} those of the replayed run`;
  writeResult({ value, text: `${path}: ${rounds} rounds learned from; ${agreement}` }, json);
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
