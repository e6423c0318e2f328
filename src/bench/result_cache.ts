/**
 * Results that were measured before: by model, bug and settings, so that an evaluation goes on where it was ended and
 * asks no model twice.
 *
 * @module
 */
import { z } from "zod";
import { canonicalJson, type Json, sha256Hex } from "../base/mod.ts";
import type { AskFormat } from "../prompts/mod.ts";
import { writeFile } from "../run/mod.ts";
import type { Verdict } from "../sandbox/mod.ts";
import { readJsonl, type RunTests, type Task, toJsonl } from "../tasks/mod.ts";
import { evaluate, type EvaluateSettings, type Fixer, type ItemResult } from "./evaluate.ts";
import type { BenchItem } from "./items.ts";
import { asResult, SavedResult } from "./results_file.ts";
import { evaluateSolving } from "./solve.ts";

/** Bugs that are measured before their results are saved: as many as are commonly decoded at once. */
const CHUNK = 128;

/** A verdict that stands for any, so that a change of the prompts changes the keys. */
const PROBE: Verdict = {
  kind: "failed",
  tests: [{ name: "probe", ok: false, message: "expected 1, found 2" }],
};

const Line = z.strictObject({ key: z.string(), result: SavedResult });

/** Results by key, kept in one file. */
export class ResultCache {
  readonly #path: string;
  readonly #results: Map<string, ItemResult>;

  /** Use {@linkcode openResultCache}. */
  constructor(path: string, results: Map<string, ItemResult>) {
    this.#path = path;
    this.#results = results;
  }

  /** A result, if it is known. */
  get(key: string): ItemResult | undefined {
    return this.#results.get(key);
  }

  /** Adds results and saves all. */
  async add(entries: readonly (readonly [string, ItemResult])[]): Promise<void> {
    for (const [key, result] of entries) this.#results.set(key, result);
    await writeFile(
      this.#path,
      toJsonl([...this.#results].map(([key, result]) => ({ key, result }))),
    );
  }
}

/**
 * Opens a file of results; a new one is written by the first result.
 *
 * @throws {ConfigError} If the file holds anything else.
 */
export async function openResultCache(path: string): Promise<ResultCache> {
  const exists = await Deno.stat(path).then(() => true, () => false);
  const lines = exists ? await Array.fromAsync(readJsonl(path, Line)) : [];
  return new ResultCache(path, new Map(lines.map(({ key, result }) => [key, asResult(result)])));
}

/**
 * Key of a result: the model, the bug with its prompt and tests, and how it was asked.
 *
 * @param model Hash of the model.
 */
export function resultKey<Prompt extends Json>(
  model: string,
  format: Pick<AskFormat<Prompt, never>, "fixPrompt">,
  { id, task, code }: BenchItem,
  settings: EvaluateSettings,
): string {
  const prompt = format.fixPrompt(task, { code, verdict: PROBE });
  return keyOf({ model, id, code, prompt }, task, settings);
}

/** Key of the result of solving a task. */
function solvingKey<Prompt extends Json>(
  model: string,
  format: Pick<AskFormat<Prompt, never>, "solvePrompt">,
  task: Task,
  settings: EvaluateSettings,
): string {
  const { id, solution } = task;
  return keyOf({ model, id, solution, prompt: format.solvePrompt(task) }, task, settings);
}

function keyOf(
  asked: Readonly<Record<string, Json>>,
  { language, entry, prelude = "", tests, hiddenTests }: Task,
  { samples, temperature, maxTokens, wallMs, seed }: EvaluateSettings,
): string {
  return sha256Hex(canonicalJson({
    ...asked,
    ...{ language, entry, prelude, tests, hiddenTests: hiddenTests ?? null },
    ...{ samples, temperature, maxTokens, wallMs, seed },
  }));
}

/** Where results are kept, and who is told of them. */
export interface CacheSettings {
  /** `model`: its hash; `file`: where its results are kept. */
  readonly cache: { readonly model: string; readonly file: ResultCache };
  /** Results that are saved together; what is under way is lost when the process is killed. */
  readonly chunk?: number;
  /** Is told how many results there are. */
  readonly onProgress?: (done: number) => void;
}

/** Results in the order of what was asked for, and how many of them were known. */
export interface CachedResults {
  readonly results: ItemResult[];
  readonly known: number;
}

/** Like `evaluate`, but bugs whose results are known are not asked for again, and new results are saved as they come. */
export async function evaluateCached<
  Prompt extends Json,
  Completion extends { readonly finished: boolean },
>(
  fixer: Fixer<Prompt, Completion>,
  items: readonly BenchItem[],
  run: RunTests,
  settings: EvaluateSettings & CacheSettings,
): Promise<CachedResults> {
  const keys = items.map((item) => resultKey(settings.cache.model, fixer.format, item, settings));
  const measure = (chunk: readonly BenchItem[]) => evaluate(fixer, chunk, run, settings);
  const { results, known } = await throughCache(items, keys, measure, settings);
  return {
    results: results.map((result, i) => {
      const { id, task, source } = items[i]!;
      return { ...result, id, taskId: task.id, source };
    }),
    known,
  };
}

/** Like `evaluateSolving`, through a cache. */
export async function solveCached<
  Prompt extends Json,
  Completion extends { readonly finished: boolean },
>(
  fixer: Fixer<Prompt, Completion>,
  tasks: readonly Task[],
  run: RunTests,
  settings: EvaluateSettings & CacheSettings,
): Promise<CachedResults> {
  const keys = tasks.map((task) => solvingKey(settings.cache.model, fixer.format, task, settings));
  const measure = (chunk: readonly Task[]) => evaluateSolving(fixer, chunk, run, settings);
  return await throughCache(tasks, keys, measure, settings);
}

/** Measures what the cache does not know, chunk by chunk. */
async function throughCache<T>(
  asked: readonly T[],
  keys: readonly string[],
  measure: (chunk: readonly T[]) => Promise<ItemResult[]>,
  { cache: { file }, chunk = CHUNK, onProgress }: CacheSettings,
): Promise<CachedResults> {
  const open = asked.flatMap((item, i) =>
    file.get(keys[i]!) === undefined ? [{ item, key: keys[i]! }] : []
  );
  for (let start = 0; start < open.length; start += chunk) {
    onProgress?.(asked.length - open.length + start);
    const some = open.slice(start, start + chunk);
    const results = await measure(some.map(({ item }) => item));
    await file.add(results.map((result, i) => [some[i]!.key, result]));
  }
  return { results: keys.map((key) => file.get(key)!), known: asked.length - open.length };
}
