/**
 * Describes a file of bugs by source: how they fail, how large and of what kind their edits are, whether bugs that look
 * alike come from the same source, and whether generated bugs can be told from them.
 *
 *   deno task analyse fixtures/micro/bench.jsonl
 *   deno task analyse real.jsonl --generated runs/mine --embedder policy --out analysis --json
 *
 * @module
 */
import {
  analyseBugs,
  type AnalyseTools,
  analysisReport,
  type BenchItem,
  failingMutants,
  readBench,
  readRunBugs,
  renderSvg,
} from "../src/bench/mod.ts";
import { AnalyseConfig, readConfig } from "../src/config/mod.ts";
import { hostSearch } from "../src/embed/mod.ts";
import { runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import { readTasks, runIn } from "../src/tasks/mod.ts";
import { openConfiguredEmbedder } from "./embed/open.ts";

/** Judges, embeds, compares, writes. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, positionals: [file = ""], json } = await readConfig(AnalyseConfig, args);
  const tasks = config.tasks === "" ? [] : await readTasks(config.tasks);
  const { items, hash } = await readBench(file, undefined, tasks);
  await using sandbox = await Sandbox.open(config.sandbox, writeNote);
  using embedder = await openConfiguredEmbedder(config);
  const run: AnalyseTools["run"] = runIn(sandbox);
  const generated = await openGenerated(config, items, run);
  const tools = { run, embedder, search: hostSearch };
  const analysis = await analyseBugs({ items, generated }, tools, config);
  const { text, markdown, charts } = analysisReport(analysis, file);
  const { embedder: name, generated: against, seed } = config;
  const value = { file, hash, embedder: name, against, seed, ...analysis };
  if (config.out !== "") {
    await writeFile(`${config.out}/analysis.json`, `${JSON.stringify(value, null, 2)}\n`);
    await writeFile(`${config.out}/analysis.md`, markdown);
    for (const [name, chart] of Object.entries(charts)) {
      await writeFile(`${config.out}/${name}.svg`, await renderSvg(chart));
    }
  }
  writeResult({ value, text }, json);
}

/** The bugs to be told from the file's. */
async function openGenerated(
  { generated, tasks, wallMs, seed }: AnalyseConfig,
  items: readonly BenchItem[],
  run: AnalyseTools["run"],
): Promise<readonly BenchItem[]> {
  if (generated === "none") return [];
  if (generated === "mutations") return await failingMutants(items, run, { wallMs, seed });
  const isRun = await Deno.stat(generated).then((stat) => stat.isDirectory, () => false);
  if (isRun) return await readRunBugs(generated);
  const known = tasks === "" ? items.map(({ task }) => task) : await readTasks(tasks);
  return (await readBench(generated, undefined, known)).items;
}

if (import.meta.main) await runMain(main);
