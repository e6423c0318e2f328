/**
 * Times training steps on synthetic tokens: the shape that other trainers were measured with, or one prompt with
 * several answers, with the prompt computed once and, beside it, once an answer.
 *
 *   deno task bench train --shape peer --json
 *
 * @module
 */
import {
  separateGroups,
  syntheticGroups,
  timesAsFast,
  timeTraining,
  type TrainTiming,
} from "../src/bench/mod.ts";
import { BenchTrainConfig, readConfig } from "../src/config/mod.ts";
import { openGpu } from "../src/gpu/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";

const SHAPES = {
  peer: { groups: 16, prompt: 1, answers: 1, answer: 128 },
  grpo: { groups: 4, prompt: 200, answers: 4, answer: 80 },
};

/** Trains for some steps and says how fast. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(BenchTrainConfig, args);
  const { shape, steps, profile, precision } = config;
  using gpu = await openGpu({ profile });
  const adapter = gpu.adapter.name;
  const groups = syntheticGroups(SHAPES[shape]);
  if (shape === "peer") {
    const [timing] = await timeTraining(gpu, [{ groups, precision }], steps);
    writeResult({ value: { adapter, ...timing }, text: describe(timing!) }, json);
    return;
  }
  const sides = [groups, separateGroups(groups)].map((groups) => ({ groups, precision }));
  const [shared, separate] = await timeTraining(gpu, sides, steps);
  const prefixSharing = timesAsFast(shared!, separate!);
  const text = `${describe(shared!)}\nprompts computed once an answer: ${describe(separate!)}\n` +
    `sharing makes it ${prefixSharing.toFixed(2)} times as fast`;
  writeResult({ value: { adapter, ...shared, separate, prefixSharing }, text }, json);
}

function describe({ tokensPerSecond, ms, loss, kernels }: TrainTiming): string {
  const lines = kernels?.map(({ name, calls, ms }) =>
    `  ${name.padEnd(36)} ${String(calls).padStart(4)} calls ${ms.toFixed(2).padStart(9)} ms`
  );
  const speed = `${tokensPerSecond.toFixed(0)} tokens a second, ${ms.toFixed(1)} ms a step, ` +
    `loss ${loss[0]!.toFixed(4)} to ${loss.at(-1)!.toFixed(4)}`;
  return [speed, ...(lines ?? [])].join("\n");
}

if (import.meta.main) await runMain(main);
