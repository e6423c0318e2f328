/**
 * Embeds the edits of a file of bugs, from each solution to the bug, and lists the nearest neighbours of each.
 *
 *   deno task embed fixtures/micro/bench.jsonl
 *   deno task embed bugs.jsonl --tasks tasks.jsonl --embedder policy --out vectors.jsonl
 *
 * @module
 */
import { type BenchItem, bugDiff, readBench } from "../src/bench/mod.ts";
import { EmbedConfig, readConfig } from "../src/config/mod.ts";
import { hostSearch } from "../src/embed/mod.ts";
import { runMain, writeFile, writeResult } from "../src/run/mod.ts";
import { readTasks, toJsonl } from "../src/tasks/mod.ts";
import { openConfiguredEmbedder } from "./embed/open.ts";

/** A bug and those whose edits are most like its own. */
interface EmbeddedBug {
  readonly id: string;
  readonly taskId: string;
  readonly source: string;
  /** Best first. */
  readonly neighbours: readonly { readonly id: string; readonly cosine: number }[];
}

/** Embeds, searches, writes. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, positionals: [file = ""], json } = await readConfig(EmbedConfig, args);
  const tasks = config.tasks === "" ? [] : await readTasks(config.tasks);
  const { items } = await readBench(file, undefined, tasks);
  using embedder = await openConfiguredEmbedder(config);
  const vectors = await embedder.embed(items.map(bugDiff));
  const pool = { vectors, groups: items.map(({ task }) => task.id) };
  const near = await hostSearch.nearest(pool, pool, {
    k: config.neighbours + (config.otherTasks ? 0 : 1),
    otherGroups: config.otherTasks,
  });
  const bugs = items.map(({ id, task, source }, i): EmbeddedBug => ({
    id,
    taskId: task.id,
    source,
    neighbours: near[i]!.filter(({ index }) => index !== i).slice(0, config.neighbours)
      .map(({ index, cosine }) => ({ id: items[index]!.id, cosine })),
  }));
  if (config.out !== "") {
    const lines = bugs.map((bug, i) => ({ ...bug, vector: Array.from(vectors[i]!) }));
    await writeFile(config.out, toJsonl(lines));
  }
  const { embedder: name } = config;
  const value = { file, embedder: name, dimensions: vectors[0]!.length, bugs };
  writeResult({ value, text: describe(items, bugs) }, json);
}

/** A line a bug, and one for each of its neighbours. */
function describe(items: readonly BenchItem[], bugs: readonly EmbeddedBug[]): string {
  const sources = new Map(items.map(({ id, source }) => [id, source]));
  return bugs.flatMap(({ id, source, neighbours }) => [
    `${id} (${source})`,
    ...neighbours.map((near) =>
      `  ${near.cosine.toFixed(3).padStart(6)}  ${near.id} (${sources.get(near.id)})`
    ),
  ]).join("\n");
}

if (import.meta.main) await runMain(main);
