/**
 * Times verdicts of the sandbox: fresh ones, screened ones, cached ones, among hostile programs, and of test suites, next
 * to the bare start-up time of a child.
 *
 *   deno task bench sandbox --json
 *
 * @module
 */
import { BenchSandboxConfig, readConfig } from "../src/config/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import { measureSandbox, type SandboxRow } from "../src/sandbox/mod.ts";

/** Judges `jobs` programs in each way and says how fast. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(BenchSandboxConfig, args);
  const { rows, summary } = await measureSandbox(config.sandbox, config.jobs);
  const text = [
    ...rows.map(describe),
    `verdicts reach ${percent(summary.verdictsOverBareStarts)} of bare starts, ` +
    `${percent(summary.verdictsOverUnwrappedStarts)} of unwrapped ones; ` +
    `p99 is ${summary.p99OverP50.toFixed(1)} times the median; ` +
    `the cache answered ${percent(summary.cacheHitRate)}; ` +
    `the screening decided ${percent(summary.screenHitRate)} and gave ` +
    `${summary.screenedOverFresh.toFixed(1)} times the speed; ` +
    `with hostile programs ${percent(summary.hostileOverHonest)} of the speed; ` +
    `the host grew by ${summary.hostGrowthMb.toFixed(0)} MiB`,
  ].join("\n");
  writeResult({ value: { rows, summary }, text }, json);
}

function describe({ name, jobs, ms, p99, perSecond }: SandboxRow): string {
  return `${name.padEnd(24)} ${String(jobs).padStart(5)} jobs ${ms.toFixed(1).padStart(8)} ms ` +
    `${p99.toFixed(1).padStart(8)} ms p99 ${perSecond.toFixed(0).padStart(7)} a second`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

if (import.meta.main) await runMain(main);
