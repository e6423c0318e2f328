/**
 * Results that were measured before: by model, bug and settings, so that an evaluation goes on where it was ended and
 * asks no model twice.
 *
 * @module
 */
import { z } from "zod";
import { canonicalJson, sha256Hex } from "../base/mod.ts";
import type { PromptFormat } from "../prompts/mod.ts";
import { writeFile } from "../run/mod.ts";
import type { Verdict } from "../sandbox/mod.ts";
import { readJsonl, type RunTests, toJsonl } from "../tasks/mod.ts";
import { evaluate, type EvaluateSettings, type Fixer, type ItemResult } from "./evaluate.ts";
import type { BenchItem } from "./items.ts";
import { asResult, SavedResult } from "./results_file.ts";

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
export function resultKey(
  model: string,
  format: PromptFormat,
  { id, task, code }: BenchItem,
  { samples, temperature, maxTokens, wallMs, seed }: EvaluateSettings,
): string {
  const { language, entry, prelude = "", tests, hiddenTests = null } = task;
  const prompt = format.fixPrompt(task, { code, verdict: PROBE });
  return sha256Hex(canonicalJson({
    ...{ model, id, code, language, entry, prelude, tests, hiddenTests, prompt },
    ...{ samples, temperature, maxTokens, wallMs, seed },
  }));
}

/**
 * Like `evaluate`, but bugs whose results are known are not asked for again, and new results are saved as they come.
 *
 * @param settings `cache.model`: hash of the model; `cache.file`: where results are kept; `onProgress`: told how many
 *   results there are.
 * @returns The results in the order of the items, and how many of them were known.
 */
export async function evaluateCached(
  fixer: Fixer,
  items: readonly BenchItem[],
  run: RunTests,
  { cache: { model, file }, onProgress, ...settings }: EvaluateSettings & {
    readonly cache: { readonly model: string; readonly file: ResultCache };
    readonly onProgress?: (done: number) => void;
  },
): Promise<{ results: ItemResult[]; known: number }> {
  const keys = items.map((item) => resultKey(model, fixer.format, item, settings));
  const open = items.map((item, i) => ({ item, key: keys[i]! }))
    .filter(({ key }) => file.get(key) === undefined);
  for (let start = 0; start < open.length; start += CHUNK) {
    onProgress?.(items.length - open.length + start);
    const chunk = open.slice(start, start + CHUNK);
    const results = await evaluate(fixer, chunk.map(({ item }) => item), run, settings);
    await file.add(results.map((result, i) => [chunk[i]!.key, result]));
  }
  const results = items.map(({ id, task, source }, i) => ({
    ...file.get(keys[i]!)!,
    ...{ id, taskId: task.id, source },
  }));
  return { results, known: items.length - open.length };
}
