/**
 * Generates the corpus of small programs: tasks, pretraining examples, and the sets that are shipped.
 *
 * Every solution passes all its cases twice in the sandbox, the shipped ones each in a process of its own; the same
 * seed gives the same files.
 *
 *   deno task corpus --tasks 9500 --seed 1 --out runs/corpus
 *
 * @module
 */
import { CorpusConfig, readConfig } from "../src/config/mod.ts";
import {
  chooseShipped,
  type Example,
  examplesOf,
  generateTasks,
  type Made,
} from "../src/corpus/mod.ts";
import {
  sandboxEvaluate,
  summarize,
  type Summary,
  verifyAlone,
  verifyTogether,
} from "../src/corpus/mod.ts";
import { GoalError, runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import { type Split, toJsonl } from "../src/tasks/mod.ts";

/** Generates, verifies and writes. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(CorpusConfig, args);
  const { seed, out } = config;
  await using sandbox = await Sandbox.open(config.sandbox);

  const evaluate = sandboxEvaluate(sandbox);
  const made = await generateTasks(seed, config.tasks, evaluate, ({ drawn, distinct, made }) => {
    if (drawn % 1600 === 0) writeNote(`${drawn} drawn, ${distinct} distinct, ${made} tasks`);
  });
  const tasks = made.map((m) => m.task);
  const chosen = chooseShipped(seed, tasks, config.programs);
  const shipped = [...chosen.programs, ...chosen.bench];
  writeNote(`verifying ${tasks.length} tasks together and ${shipped.length} alone`);
  const failed = [
    ...await verifyTogether(evaluate, tasks),
    ...await verifyAlone(sandbox, shipped, navigator.hardwareConcurrency),
  ];
  if (failed.length > 0) {
    throw new GoalError(`${failed.length} solutions fail: ${failed.join(", ")}`);
  }

  // What self-play breaks and what anchors it stay new to the base: a program it knows by heart teaches nothing.
  const aside = new Set(shipped.map(({ id }) => id));
  const open = made.filter(({ task }) => !aside.has(task.id));
  const examples = examplesOfSplit(seed, open, "train");
  await writeFile(`${out}/tasks.jsonl`, toJsonl(tasks));
  await writeFile(`${out}/examples.jsonl`, toJsonl(examples));
  await writeFile(`${out}/validation.jsonl`, toJsonl(examplesOfSplit(seed, made, "validation")));
  await writeFile(`${out}/heldout.jsonl`, toJsonl(examplesOfSplit(seed, made, "heldout-family")));
  await writeFile(`${out}/programs.jsonl`, toJsonl(chosen.programs));
  await writeFile(`${out}/bench-tasks.jsonl`, toJsonl(chosen.bench));
  const value = summarize(made, examples);
  writeResult({ value, text: describe(out, value) }, json);
}

function examplesOfSplit(seed: number, made: readonly Made[], split: Split): Example[] {
  return made.filter((m) => m.task.split === split).flatMap((m) => examplesOf(seed, m));
}

function describe(out: string, summary: Summary): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", ");
  const { characters, killRate } = summary;
  return [
    `${out}: ${summary.tasks} tasks, ${summary.skeletons} skeletons, levels: ${
      list(summary.levels)
    }`,
    `splits: ${list(summary.splits)}`,
    `families: ${list(summary.families)}`,
    `examples of training tasks: ${list(summary.examples)}`,
    `characters: solution ${characters.solution}, problem ${characters.problem}, observation ` +
    `${characters.observation}; mutants caught: ${(killRate * 100).toFixed(1)} %`,
  ].join("\n");
}

if (import.meta.main) await runMain(main);
