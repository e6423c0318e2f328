/**
 * Which settings of a training job decide its result, and whether two jobs agree in them.
 *
 * @module
 */
import type { Json } from "../base/mod.ts";
import { TrainConfig } from "./train.ts";

/** Settings that say where and how a job runs, and files that count by their content. */
const ELSEWHERE: readonly (keyof TrainConfig)[] = [
  ...(["plan", "resume", "run", "batch", "sandbox", "checkpointEvery"] as const),
  ...(["dumpRollouts", "replay"] as const),
  ...(["model", "programs", "anchors", "bench"] as const),
];

/** The settings that decide the result, given the contents of the files. */
export function experimentOf(config: TrainConfig): Record<string, Json> {
  const entries = Object.entries(config).filter(([key]) =>
    !(ELSEWHERE as readonly string[]).includes(key)
  );
  return Object.fromEntries(entries) as Record<string, Json>;
}

/**
 * In what a stored experiment differs from a configuration: `selfplay.poolSize was 0, is 50`; nothing if they agree.
 *
 * A setting that did not exist when the experiment was stored counts as its default.
 */
export function experimentChanges(
  stored: Readonly<Record<string, Json>>,
  now: TrainConfig,
): string[] {
  const parsed = TrainConfig.safeParse(stored);
  const before = leavesOf(parsed.success ? experimentOf(parsed.data) : stored);
  const after = leavesOf(experimentOf(now));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => `${key} was ${before.get(key) ?? "absent"}, is ${after.get(key) ?? "absent"}`);
}

/** Leaves by dotted path, as JSON text; lists are leaves. */
function leavesOf(value: Json, path: readonly string[] = []): Map<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return new Map([[path.join("."), JSON.stringify(value)]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, item]) => [...leavesOf(item, [...path, key])]),
  );
}
