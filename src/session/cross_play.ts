/**
 * Plays the checkpoints of a run against each other.
 *
 * @module
 */
import {
  type BenchItem,
  cellText,
  type CrossPlay,
  crossPlayPath,
  evaluate,
  readBench,
} from "../bench/mod.ts";
import { ConfigError, rngStream } from "../base/mod.ts";
import type { TrainConfig } from "../config/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import { describeRun, listCheckpoints, writeFile, writeNote } from "../run/mod.ts";
import { Sandbox } from "../sandbox/mod.ts";
import { emptyArchive, type Game, gateProposals, proposeBugs } from "../selfplay/mod.ts";
import { runIn, type Task } from "../tasks/mod.ts";
import { type CellPlan, cellRunName } from "./cells.ts";
import { samplingWork, tuneGpu } from "./gpu.ts";
import { openPolicy, type Policy } from "./policy.ts";

/** How much is played. */
export interface CrossPlaySettings {
  /** Checkpoints, the model that training began with among them. */
  readonly points: number;
  /** Programs that every generator breaks. */
  readonly programs: number;
}

/** A model of the run. */
interface Moment {
  readonly rounds: number;
  readonly path: string;
}

/** What checkpoints play with. */
interface Table {
  readonly policy: Policy;
  readonly sandbox: Sandbox;
  readonly config: TrainConfig;
  readonly programs: readonly Task[];
}

/**
 * Plays the checkpoints of a cell's run, and writes the matrix.
 *
 * @param out Folder of the reproduction.
 * @throws {ConfigError} If the run's checkpoints are not on this machine.
 */
export async function runCrossPlay(
  gpu: Gpu,
  plan: CellPlan,
  settings: CrossPlaySettings & { readonly out: string },
): Promise<void> {
  const { arm, config, experiment, inputs, command } = plan;
  const { seed, batch, selfplay: { maxTokens }, model: { path } } = config;
  const startMs = performance.now();
  const moments = await momentsOf(plan, settings.points);
  using policy = await openPolicy(gpu, path, { batch, maxTokens });
  await tuneGpu(gpu, config.gpu, policy.model.config, samplingWork(batch));
  await using sandbox = await Sandbox.open(config.sandbox);
  const programs = await heldOutPrograms(config, settings.programs);
  const table: Table = { policy, sandbox, config, programs };
  const bugs = await Array.fromAsync(moments, (moment) => breakPrograms(table, moment));
  const fixed = await Array.fromAsync(moments, (moment) => repairAll(table, moment, bugs));
  const identity = { command: "cross-play", config, seed, adapter: gpu.adapter.name };
  const { adapter, gitCommit, deno } = await describeRun(identity);
  const play: CrossPlay = {
    kind: "cross-play",
    ...{ arm, seed, command, adapter, gitCommit, deno },
    inputs: { ...inputs },
    experiment: { ...experiment } as CrossPlay["experiment"],
    seconds: Math.round((performance.now() - startMs) / 1000),
    programs: programs.length,
    rounds: moments.map(({ rounds }) => rounds),
    generators: bugs.map((items, g) => ({
      attempts: programs.length * config.selfplay.bugsPerTask,
      tasks: items.map(({ task }) => task.id),
      fixed: fixed.map((byGenerator) => byGenerator[g]!),
    })),
  };
  await writeFile(crossPlayPath(settings.out, arm, seed), cellText(play));
}

/** The model before training, and checkpoints evenly spread over the run, the last one among them. */
async function momentsOf(plan: CellPlan, points: number): Promise<Moment[]> {
  const dir = `${plan.config.run.root}/${cellRunName(plan)}`;
  const checkpoints = await listCheckpoints(dir);
  if (checkpoints.length === 0) {
    throw new ConfigError(
      `Cannot play checkpoints of ${plan.arm} with seed ${plan.config.seed}: expected some in ${dir}, ` +
        `found none; they stay where the cell was run`,
    );
  }
  const count = Math.min(points - 1, checkpoints.length);
  const chosen = Array.from(
    { length: count },
    (_, i) => checkpoints[Math.ceil((i + 1) * checkpoints.length / count) - 1]!,
  );
  const first = { rounds: 0, path: plan.config.model.path };
  return [first, ...chosen.map(({ step, path }) => ({ rounds: step + 1, path }))];
}

/** Programs of the bench's validation and test tasks, none of which is trained on. */
async function heldOutPrograms({ bench, seed }: TrainConfig, count: number): Promise<Task[]> {
  const splits = [await readBench(bench, "validation"), await readBench(bench, "test")];
  const items = splits.flatMap(({ items }) => items);
  const tasks = [...new Map(items.map(({ task }) => [task.id, task])).values()];
  return rngStream(seed, "cross-play").shuffle(tasks).slice(0, count);
}

/** Valid bugs of the generator as it was; all are asked with the same prompts and draws. */
async function breakPrograms(
  { policy, sandbox, config, programs }: Table,
  { rounds, path }: Moment,
): Promise<BenchItem[]> {
  writeNote(`Cross-play: the generator of round ${rounds} breaks ${programs.length} programs`);
  await policy.restore(path);
  const game: Game = {
    method: "self-play", // the policy itself breaks programs, whatever did in training
    policy: policy.sampler,
    format: policy.format,
    run: runIn(sandbox),
    programs,
    references: [],
    archive: emptyArchive(),
    rng: rngStream(config.seed, "cross-play", "generate"),
  };
  const proposals = await proposeBugs(game, programs, config.selfplay);
  const groups = await gateProposals(game, proposals, config.selfplay);
  return groups.flatMap(({ task, attempts }) =>
    attempts.flatMap(({ outcome }, i) =>
      outcome.ok ? [{ id: `${task.id}#${i}`, source: "generated", task, code: outcome.code }] : []
    )
  );
}

/** Greedy repairs of all bugs by the fixer as it was: a digit a bug, by generator. */
async function repairAll(
  { policy, sandbox, config }: Table,
  { rounds, path }: Moment,
  bugs: readonly (readonly BenchItem[])[],
): Promise<string[]> {
  writeNote(`Cross-play: the fixer of round ${rounds} repairs ${bugs.flat().length} bugs`);
  await policy.restore(path);
  const { format, sampler } = policy;
  const fixer = { format, sample: sampler.sample.bind(sampler) };
  const { selfplay: { maxTokens, gateWallMs: wallMs }, seed } = config;
  const settings = { samples: 1, temperature: 0, maxTokens, wallMs, seed };
  const results = await evaluate(fixer, bugs.flat(), runIn(sandbox), settings);
  const digits = results.map(({ passed }) => String(passed));
  return bugs.map((items) => digits.splice(0, items.length).join(""));
}
