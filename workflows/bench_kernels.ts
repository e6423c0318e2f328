/**
 * Times kernels at the shapes that are published and at those of training, next to the adapter's roofline.
 *
 *   deno task bench kernels --only matmul --json
 *
 * @module
 */
import {
  decodeCases,
  describeKernelRow,
  type KernelRow,
  matmulCases,
  matmulProblems,
  measureRoofline,
  opCases,
  timeCase,
} from "../src/bench/mod.ts";
import { ConfigError } from "../src/base/mod.ts";
import { BenchKernelsConfig, readConfig } from "../src/config/mod.ts";
import { runMain, writeNote, writeResult } from "../src/run/mod.ts";
import { openConfiguredGpu, tuneProblems } from "../src/session/mod.ts";

/** Measures the roofline, then every kernel whose name starts as asked. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(BenchKernelsConfig, args);
  const { only, samples } = config;
  using gpu = await openConfiguredGpu(config.gpu);
  const cases = [...matmulCases(gpu), ...opCases(), ...decodeCases(gpu)]
    .filter(({ name }) => name.startsWith(only));
  if (cases.length === 0) {
    throw new ConfigError(`Cannot time kernels: no name starts with "${only}"`);
  }
  await tuneProblems(gpu, config.gpu, (options) => matmulProblems(gpu, options));
  const roofline = await measureRoofline(gpu, samples);
  const rows: KernelRow[] = [];
  for (const kernel of cases) {
    const row = await timeCase(gpu, kernel, { samples, roofline });
    writeNote(describeKernelRow(row));
    rows.push(row);
  }
  const adapter = gpu.adapter.name;
  const { gflops, gbps } = roofline;
  const text = `${rows.map(describeKernelRow).join("\n")}\n` +
    `${adapter}: ${gflops.toFixed(1)} GFLOP/s, ${gbps.toFixed(1)} GB/s`;
  writeResult({ value: { adapter, roofline, rows }, text }, json);
}

if (import.meta.main) await runMain(main);
