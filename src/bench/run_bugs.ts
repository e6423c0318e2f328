/**
 * The bugs that a training run has generated, read from its rollouts.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "../base/mod.ts";
import { readRunRecord } from "../run/mod.ts";
import { readJsonl, readTasks } from "../tasks/mod.ts";
import type { BenchItem } from "./items.ts";

/** What is needed of a rollout. */
const Rollout = z.looseObject({
  role: z.string(),
  taskId: z.string(),
  outcome: z.string(),
  code: z.string().optional(),
});

/**
 * Valid bugs of a run's generator, each once, in the order they were made; their source is `generated`.
 *
 * @param dir The run directory.
 * @throws {ConfigError} If it is none, its programs cannot be read, or it holds no valid bug.
 */
export async function readRunBugs(dir: string): Promise<BenchItem[]> {
  const { config } = await readRunRecord(dir) ?? {};
  const programs = (config as { readonly programs?: unknown } | undefined)?.programs;
  if (typeof programs !== "string") {
    throw new ConfigError(`Cannot use ${dir}: expected a training run's directory`);
  }
  const tasks = new Map((await readTasks(programs)).map((task) => [task.id, task]));
  const bugs = new Map<string, BenchItem>();
  for (const name of await rolloutFiles(dir)) {
    for await (const { role, taskId, outcome, code } of readJsonl(name, Rollout)) {
      const task = tasks.get(taskId);
      if (role !== "generator" || outcome !== "valid" || !task || code === undefined) continue;
      const key = `${taskId}\n${code}`;
      if (!bugs.has(key)) {
        bugs.set(key, { id: `generated-${bugs.size}`, source: "generated", task, code });
      }
    }
  }
  if (bugs.size === 0) {
    throw new ConfigError(`Cannot use ${dir}: expected rollouts with valid bugs`);
  }
  return [...bugs.values()];
}

async function rolloutFiles(dir: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(`${dir}/rollouts`)) {
    if (name.endsWith(".jsonl")) names.push(`${dir}/rollouts/${name}`);
  }
  return names.sort();
}
