/**
 * Times training steps on synthetic tokens: the shape that other trainers were measured with, or one prompt with
 * several answers, with the prompt computed once and, beside it, once an answer.
 *
 *   deno task bench train --shape peer --json
 *
 * @module
 */
import {
  PEER_MODEL,
  profileTable,
  separateGroups,
  syntheticGroups,
  timesAsFast,
  timeTraining,
  type TrainTiming,
} from "../src/bench/mod.ts";
import { type Group, groupRows } from "../src/model/mod.ts";
import { BenchTrainConfig, readConfig } from "../src/config/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import { openConfiguredGpu, tuneGpu } from "../src/session/mod.ts";

const SHAPES = {
  peer: { groups: 16, prompt: 1, answers: 1, answer: 128 },
  grpo: { groups: 4, prompt: 200, answers: 4, answer: 80 },
};

/** Trains for some steps and says how fast. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(BenchTrainConfig, args);
  const { shape, steps, profile, precision } = config;
  using gpu = await openConfiguredGpu(config.gpu, { profile });
  const adapter = gpu.adapter.name;
  const groups = syntheticGroups(SHAPES[shape]);
  const texts = shape === "peer" ? [groups] : [groups, separateGroups(groups)];
  await tuneGpu(gpu, config.gpu, PEER_MODEL, { training: texts.map(rowsOf), precision });
  const sides = texts.map((groups) => ({ groups, precision }));
  const [shared, separate] = await timeTraining(gpu, sides, steps);
  if (!separate) {
    return writeResult({ value: { adapter, ...shared }, text: describe(shared!) }, json);
  }
  const prefixSharing = timesAsFast(shared!, separate);
  const text = `${describe(shared!)}\nprompts computed once an answer: ${describe(separate)}\n` +
    `sharing makes it ${prefixSharing.toFixed(2)} times as fast`;
  writeResult({ value: { adapter, ...shared, separate, prefixSharing }, text }, json);
}

function rowsOf(groups: readonly Group[]): number {
  return groups.reduce((sum, group) => sum + groupRows(group), 0);
}

function describe({ tokensPerSecond, ms, loss, profile }: TrainTiming): string {
  const speed = `${tokensPerSecond.toFixed(0)} tokens a second, ${ms.toFixed(1)} ms a step, ` +
    `loss ${loss[0]!.toFixed(4)} to ${loss.at(-1)!.toFixed(4)}`;
  return profile ? `${speed}\n\n${profileTable(profile)}` : speed;
}

if (import.meta.main) await runMain(main);
