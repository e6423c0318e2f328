/**
 * Assembles a bench: a task is kept if it has a bug of every source and all of them hold in the sandbox.
 *
 *   deno task assemble --config fixtures/config/assemble.bench.json --out fixtures/micro/bench.jsonl
 *
 * @module
 */
import { assembleBench, readSource } from "../src/bench/mod.ts";
import { AssembleConfig, readConfig } from "../src/config/mod.ts";
import { runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import { readTasks, runIn, type Split, toJsonl } from "../src/tasks/mod.ts";

/** Reads, joins, verifies, writes. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(AssembleConfig, args);
  const all = (await Promise.all(config.tasks.map(readTasks))).flat();
  const kept = (split: Split | undefined): boolean =>
    split !== undefined && config.splits.includes(split);
  const tasks = all.filter(({ split }) => kept(split));
  const sources = await Promise.all([
    readSource("human", config.human),
    readSource("human-edited-lm", config.edited),
    readSource("lm:weak", config.weak),
    readSource("lm:strong", config.strong),
  ]);
  await using sandbox = await Sandbox.open(config.sandbox, writeNote);
  const { bugs, rejected } = await assembleBench(
    tasks,
    sources,
    runIn(sandbox),
    config.wallMs,
  );
  await writeFile(config.out, toJsonl(bugs));
  for (const { taskId, reason } of rejected) writeNote(`${taskId} left out: ${reason}`);
  const splits = Object.groupBy(bugs, ({ task }) => task!.split!);
  const counts = Object.fromEntries(
    Object.entries(splits).map(([split, items]) => [split, items!.length / sources.length]),
  );
  const value = { out: config.out, tasks: counts, bugs: bugs.length, rejected: rejected.length };
  const text = `${config.out}: ${bugs.length} bugs of ${
    Object.entries(counts).map(([split, n]) => `${n} ${split}`).join(", ")
  } tasks; ${rejected.length} tasks left out`;
  writeResult({ value, text }, json);
}

if (import.meta.main) await runMain(main);
