/**
 * Does the method's claim hold here? Trains every arm from one base over several seeds at equal compute, and reports.
 *
 * A finished arm and seed is a small file in `<out>/cells`; those that are there are not run again, so that a
 * reproduction may be ended at any time, go on later, and be shared out between machines. The report is made of the cells
 * that are there and says how many.
 *
 *   deno task reproduce --arms asp --seeds 1
 *   deno task reproduce --plan
 *   deno task reproduce --report-only
 *
 * @module
 */
import {
  type ArmCell,
  armLine,
  cellPath,
  crossPlayChart,
  crossPlayPath,
  crossPlayReport,
  crossPlaySections,
  firstOfArms,
  ownBugsByArm,
  readCell,
  readCells,
  readCrossPlay,
  readCrossPlays,
  renderSvg,
  reproductionMarkdown,
  reproductionPlots,
  reproductionReport,
  roundChanges,
  roundsSection,
  settingNotes,
  textTable,
} from "../src/bench/mod.ts";
import { ConfigError } from "../src/base/mod.ts";
import {
  armConfig,
  ArmName,
  experimentChanges,
  experimentHash,
  experimentOf,
  readConfig,
  ReproduceConfig,
  seedsOf,
  sharedConfig,
  type TrainConfig,
} from "../src/config/mod.ts";
import type { Gpu } from "../src/gpu/mod.ts";
import { runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import {
  type CellPlan,
  hashInputs,
  type Initial,
  type InputHashes,
  openConfiguredGpu,
  runCell,
  runCrossPlay,
} from "../src/session/mod.ts";

/** Runs the cells that are missing, then reports. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(ReproduceConfig, args);
  const command = ["deno task reproduce", ...args].join(" ");
  if (!config.reportOnly) {
    const plans = planCells(config, { command, inputs: await hashInputs(config) });
    const states = await Promise.all(plans.map((plan) => stateOf(plan, config.out)));
    if (config.plan) return await describe(states, config, json);
    const stale = states.filter(({ changes }) => changes.length > 0);
    if (stale.length > 0 && !config.recompute) throw refusal(stale, config.out);
    await runMissing(states, config);
    await playCheckpoints(plans, config);
  }
  await report(config, command, json);
}

/** A cell that was asked for, and what is there of it. */
interface CellState {
  readonly plan: CellPlan;
  readonly cell: ArmCell | undefined;
  /** In what the cell that is there differs from what was asked for. */
  readonly changes: readonly string[];
}

/** All cells, seed by seed, so that whatever is finished early compares all arms. */
function planCells(
  config: ReproduceConfig,
  given: { readonly command: string; readonly inputs: InputHashes },
): CellPlan[] {
  const { samples } = config;
  const shared = sharedConfig(config);
  return seedsOf(config.seeds).flatMap((seed) =>
    [...new Set([...config.arms, ...config.crossPlay])].map((arm) => {
      const own = keptConfig(armConfig(shared, arm, seed), config.crossPlay.includes(arm));
      const [experiment, configHash] = [experimentOf(own), experimentHash(own)];
      return { arm, config: own, experiment, configHash, ...given, samples };
    })
  );
}

/** The configuration of a cell; a run whose checkpoints will be played keeps them all. */
function keptConfig(config: TrainConfig, keep: boolean): TrainConfig {
  return keep ? { ...config, run: { ...config.run, keepCheckpoints: 1_000_000 } } : config;
}

/** Plays the checkpoints of the arms that were named, seed by seed, as far as there is no matrix of them yet. */
async function playCheckpoints(
  plans: readonly CellPlan[],
  config: ReproduceConfig,
): Promise<void> {
  const { out, crossPlayPoints: points, crossPlayPrograms: programs, crossPlay } = config;
  const names: readonly string[] = crossPlay;
  for (const plan of plans.filter(({ arm }) => names.includes(arm))) {
    const known = await readCrossPlay(crossPlayPath(out, plan.arm, plan.config.seed));
    if (known && experimentChanges(known.experiment, plan.config).length === 0) continue;
    using gpu = await openConfiguredGpu(config.gpu);
    await runCrossPlay(gpu, plan, { out, points, programs });
  }
}

async function stateOf(plan: CellPlan, out: string): Promise<CellState> {
  const { arm, config, inputs, samples } = plan;
  const cell = await readCell(cellPath(out, arm, config.seed));
  if (!cell) return { plan, cell, changes: [] };
  const files = Object.entries(inputs).filter(([name, hash]) => cell.inputs[name] !== hash)
    .map(([name]) => `the content of ${name} is another`);
  // More samples than were asked for do no harm: training is the same.
  const asked = cell.samples >= samples ? [] : [`samples was ${cell.samples}, is ${samples}`];
  return {
    plan,
    cell,
    changes: [...experimentChanges(cell.experiment, config), ...files, ...asked],
  };
}

function refusal(stale: readonly CellState[], out: string): ConfigError {
  const { plan: { arm, config: { seed } }, changes } = stale[0]!;
  const others = stale.length > 1 ? `, and ${stale.length - 1} more like it` : "";
  return new ConfigError(
    `Cannot use ${cellPath(out, arm, seed)}${others}: ${changes.join("; ")}. Use --recompute to ` +
      `run it again, --report-only to report what is there, or another --out`,
  );
}

async function runMissing(states: readonly CellState[], config: ReproduceConfig): Promise<void> {
  const missing = states.filter(({ cell, changes }) => !cell || changes.length > 0);
  if (missing.length === 0) return;
  using gpu = await openConfiguredGpu(config.gpu);
  await runAll(gpu, missing.map(({ plan }) => plan), config);
}

async function runAll(
  gpu: Gpu,
  plans: readonly CellPlan[],
  { out }: ReproduceConfig,
): Promise<void> {
  let initial: Initial = {};
  for (const [i, plan] of plans.entries()) {
    writeNote(`Cell ${i + 1} of ${plans.length}: ${plan.arm}, seed ${plan.config.seed}`);
    initial = await runCell(gpu, plan, { out, initial });
  }
}

/** What would be run: cells, tokens, and time as far as finished cells tell. */
async function describe(
  states: readonly CellState[],
  { out, tokens }: ReproduceConfig,
  json: boolean,
): Promise<void> {
  const done = await readCells(out);
  const rows = states.map(({ plan: { arm, config: { seed, method } }, cell, changes }) => {
    const state = !cell ? "missing" : changes.length === 0 ? "done" : "stale";
    const seconds = state === "done" ? 0 : expectedSeconds(done, arm);
    return { arm, seed, state, changes, tokens: method === "base" ? 0 : tokens, seconds };
  });
  const open = rows.filter(({ state }) => state !== "done");
  const known = open.every(({ seconds }) => seconds !== undefined);
  const seconds = known ? open.reduce((sum, row) => sum + row.seconds!, 0) : undefined;
  const minutes = (some: number | undefined): string =>
    some === undefined ? "unknown" : (some / 60).toFixed(1);
  const table = textTable({
    head: ["arm", "seed", "state", "tokens", "minutes"],
    rows: rows.map((row) => [
      row.arm,
      String(row.seed),
      row.state,
      String(row.tokens),
      minutes(row.seconds),
    ]),
  });
  const text = `${table}\n\n${open.length} of ${rows.length} cells to run, ${minutes(seconds)} ` +
    `minutes by the mean of finished cells`;
  writeResult({ value: { cells: rows, toRun: open.length, seconds }, text }, json);
}

/** Mean time of finished cells of an arm, else of all arms. */
function expectedSeconds(done: readonly ArmCell[], arm: string): number | undefined {
  const same = done.filter((cell) => cell.arm === arm);
  const like = same.length > 0 ? same : done;
  if (like.length === 0) return undefined;
  return like.reduce((sum, { seconds }) => sum + seconds, 0) / like.length;
}

async function report({ out }: ReproduceConfig, command: string, json: boolean): Promise<void> {
  const cells = await readCells(out);
  const order = ArmName.options;
  const reproduction = reproductionReport(cells, { command, order });
  const plays = await readCrossPlays(out);
  const [crossPlay, ownBugs] = [firstOfArms(plays).map(crossPlayReport), ownBugsByArm(plays)];
  const rounds = roundChanges(cells, order);
  const drawn = await reproductionPlots(reproduction, cells, order);
  for (const play of crossPlay) {
    drawn[`cross-play-${play.arm}-${play.seed}.svg`] = await renderSvg(crossPlayChart(play));
  }
  for (const [name, svg] of Object.entries(drawn)) await writeFile(`${out}/${name}`, svg);
  const parts = {
    plots: Object.keys(drawn),
    notes: settingNotes(cells),
    sections: [...roundsSection(rounds), ...crossPlaySections(crossPlay, ownBugs)],
  };
  const value = { ...reproduction, rounds, crossPlay, ownBugs };
  await writeFile(`${out}/report.md`, reproductionMarkdown(reproduction, parts));
  await writeFile(`${out}/report.json`, `${JSON.stringify(value, null, 2)}\n`);
  const text = [...value.arms.map(armLine), `${out}/report.md`].join("\n");
  writeResult({ value, text }, json);
}

if (import.meta.main) await runMain(main);
