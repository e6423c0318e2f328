/**
 * Collects mistakes of two kinds. `lm`: samples a model's solutions of tasks and keeps one of each task that runs but
 * fails. `human`: serves a page to this machine where people break solutions, or edit failing drafts of models, and adds
 * every bug that holds to a file.
 *
 *   deno task collect --model.path runs/base/checkpoints/step-319 --name weak --out weak.jsonl
 *   deno task collect --model.url http://127.0.0.1:8000/v1 --model.name qwen --name qwen --out qwen.jsonl
 *   deno task collect --source human --tasks tasks.jsonl --drafts weak.jsonl --out ours.jsonl
 *
 * @module
 */
import { collectApp, collectItems } from "../src/collect/mod.ts";
import { CollectConfig, readConfig } from "../src/config/mod.ts";
import { JsonLines, runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import {
  type Collected,
  collectMistakes,
  longestReply,
  openConfiguredGpu,
  openPolicy,
  openRemote,
  samplingWork,
  tuneGpu,
} from "../src/session/mod.ts";
import { readBugs, readTasks, runIn, type Task, toJsonl } from "../src/tasks/mod.ts";
import { serveUntilInterrupt } from "../src/web/mod.ts";

/** Collects from whom the configuration names. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(CollectConfig, args);
  await using sandbox = await Sandbox.open(config.sandbox, writeNote);
  await (config.source === "human" ? fromPeople : fromModel)(config, sandbox, json);
}

/** Samples, judges, writes. */
async function fromModel(config: CollectConfig, sandbox: Sandbox, json: boolean): Promise<void> {
  const tasks = await readTasks(config.tasks);
  const settings = { ...config, maxTokens: longestReply(config) };
  const { bugs, without, solveRate } = config.model.url === ""
    ? await fromLocal(tasks, sandbox, settings)
    : await collectMistakes(await openRemote(config.model), tasks, runIn(sandbox), settings);
  await writeFile(config.out, toJsonl(bugs));
  const value = { out: config.out, tasks: tasks.length, bugs: bugs.length, without, solveRate };
  const text = `${config.out}: bugs of ${bugs.length} of ${tasks.length} tasks; ` +
    `${(solveRate * 100).toFixed(1)} % of the samples solve theirs`;
  writeResult({ value, text }, json);
}

async function fromLocal(
  tasks: readonly Task[],
  sandbox: Sandbox,
  config: CollectConfig,
): Promise<Collected> {
  using gpu = await openConfiguredGpu(config.gpu);
  using policy = await openPolicy(gpu, config.model.path, config);
  await tuneGpu(gpu, config.gpu, policy.model.config, samplingWork(config.batch));
  const { format, sampler } = policy;
  const fixer = { format, sample: sampler.sample.bind(sampler) };
  return await collectMistakes(fixer, tasks, runIn(sandbox), config);
}

/** Serves the page until an interrupt. */
async function fromPeople(config: CollectConfig, sandbox: Sandbox, json: boolean): Promise<void> {
  const { tasks, drafts, out, wallMs, port } = config;
  const programs = drafts === "" ? [] : await readBugs(drafts);
  const items = collectItems(tasks === "" ? [] : await readTasks(tasks), programs);
  const used = items.filter(({ draftSource }) => draftSource !== undefined).length;
  if (used < programs.length) {
    writeNote(`${programs.length - used} of ${programs.length} drafts are of other tasks.`);
  }
  const exists = await Deno.stat(out).then(() => true, () => false);
  const saved = exists ? await readBugs(out) : [];
  using file = await JsonLines.open(out);
  const append = async (bug: object): Promise<void> => {
    await file.append(bug);
    await file.sync();
  };
  const app = collectApp(items, { run: runIn(sandbox), wallMs, saved, append });
  await serveUntilInterrupt(app, port, (url) => {
    const text = `${items.length} programs to edit are at ${url}; bugs go to ${out}`;
    writeResult({ value: { url, items: items.length, saved: saved.length, out }, text }, json);
  });
}

if (import.meta.main) await runMain(main);
