/**
 * Times sampling from a model: prompts, decoding, and in a run of its own every kernel.
 *
 *   deno task bench sample --json
 *
 * @module
 */
import {
  describeKernelRow,
  measureRoofline,
  profileSampling,
  profileTable,
  timeSampling,
} from "../src/bench/mod.ts";
import { BenchSampleConfig, readConfig } from "../src/config/mod.ts";
import { loadModel, readCheckpoint } from "../src/model/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import { openConfiguredGpu, tuneGpu } from "../src/session/mod.ts";

/** Times, then measures the kernels, which slows the whole down and so is not timed. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(BenchSampleConfig, args);
  const { sequences, completions, prompt, tokens, samples, model: { path } } = config;
  const shape = { sequences, completions, prompt, tokens };
  const checkpoint = await readCheckpoint(path);
  const positions = prompt + tokens;
  const work = { inference: [sequences, sequences * prompt] };
  using gpu = await openConfiguredGpu(config.gpu);
  await tuneGpu(gpu, config.gpu, checkpoint.config, work);
  using model = await loadModel(gpu, checkpoint, positions);
  const roofline = await measureRoofline(gpu, samples);
  const timing = await timeSampling(model, shape, { samples, roofline });
  using measuring = await openConfiguredGpu(config.gpu, { profile: true });
  await tuneGpu(measuring, config.gpu, checkpoint.config, work);
  using measured = await loadModel(measuring, checkpoint, positions);
  const profile = await profileSampling(measuring, measured, shape);
  const adapter = gpu.adapter.name;
  const text = [
    ...timing.rows.map(describeKernelRow),
    `${timing.decodeTokensPerSecond.toFixed(0)} tokens a second in decoding, ` +
    `${timing.tokensPerSecond.toFixed(0)} with the prompts, on ${adapter}`,
    `processor time: ${timing.processorMs.first.toFixed(1)} ms for the prompts, ` +
    `${timing.processorMs.step.toFixed(2)} ms a decoding step`,
    "",
    profileTable(profile),
  ].join("\n");
  writeResult({ value: { adapter, roofline, ...timing, profile }, text }, json);
}

if (import.meta.main) await runMain(main);
