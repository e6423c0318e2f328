/**
 * Times the search for nearest neighbours by cosine, next to the adapter's roofline.
 *
 *   deno task bench similarity --queries 1024 --references 100000 --json
 *
 * @module
 */
import {
  describeKernelRow,
  type KernelRow,
  measureRoofline,
  similarityCases,
  timeCase,
} from "../src/bench/mod.ts";
import { BenchSimilarityConfig, readConfig } from "../src/config/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import { openConfiguredGpu } from "../src/session/mod.ts";

/** Times the whole search and its products. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(BenchSimilarityConfig, args);
  const { samples } = config;
  using gpu = await openConfiguredGpu(config.gpu);
  const roofline = await measureRoofline(gpu, samples);
  const rows: KernelRow[] = [];
  for (const kernel of similarityCases(config)) {
    rows.push(await timeCase(gpu, kernel, { samples, roofline }));
  }
  const [search, products] = rows as [KernelRow, KernelRow];
  const adapter = gpu.adapter.name;
  const summary = {
    queriesPerSecond: 1000 * config.queries / search.ms,
    ofCopyBandwidth: search.gbps / roofline.gbps,
    timesItsProducts: search.ms / products.ms, // written and read again they may cost more than the whole search
  };
  const text = [
    ...rows.map(describeKernelRow),
    `${summary.queriesPerSecond.toFixed(0)} queries a second, ` +
    `${(100 * summary.ofCopyBandwidth).toFixed(1)} % of a copy's bandwidth, ` +
    `${summary.timesItsProducts.toFixed(2)} times as long as its products, on ${adapter}`,
  ].join("\n");
  writeResult({ value: { adapter, roofline, rows, ...summary }, text }, json);
}

if (import.meta.main) await runMain(main);
