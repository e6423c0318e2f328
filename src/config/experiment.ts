/**
 * Which settings of a training job decide its result, and whether two jobs agree in them.
 *
 * @module
 */
import { canonicalJson, type Json, sha256Hex } from "../base/mod.ts";
import type { TrainConfig } from "./train.ts";

/** Settings that say where and how a job runs, and files that count by their content. */
const ELSEWHERE: readonly (keyof TrainConfig)[] = [
  ...(["plan", "profile", "resume", "run", "batch", "gpu", "sandbox", "checkpointEvery"] as const),
  ...(["dumpRollouts", "replay"] as const),
  ...(["model", "programs", "anchors", "bench"] as const),
];

/** Values, as JSON, of a setting that does nothing. */
const OFF: readonly (string | undefined)[] = ["0", "false", '""', "null"];

/** The settings that decide the result, given the contents of the files. */
export function experimentOf(config: TrainConfig): Record<string, Json> {
  const entries = Object.entries(config).filter(([key]) =>
    !(ELSEWHERE as readonly string[]).includes(key)
  );
  const { precision } = config.model;
  const numbers = precision === "f32" ? {} : { precision };
  return { ...Object.fromEntries(entries) as Record<string, Json>, ...numbers };
}

/** SHA-256 of the settings that decide the result; those that are off do not count, see {@linkcode experimentChanges}. */
export function experimentHash(config: TrainConfig): string {
  const on = [...leavesOf(experimentOf(config))].filter(([, value]) => !OFF.includes(value));
  return sha256Hex(canonicalJson(Object.fromEntries(on)));
}

/**
 * In what a stored experiment differs from a configuration: `selfplay.poolSize was 0, is 50`; nothing if they agree.
 *
 * A setting that only one of them has agrees if it is off: so results outlive new settings that change nothing, and no
 * others.
 */
export function experimentChanges(
  stored: Readonly<Record<string, Json>>,
  now: TrainConfig,
): string[] {
  const [before, after] = [leavesOf(stored), leavesOf(experimentOf(now))];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)];
    const same = was === is ||
      (was === undefined ? OFF.includes(is!) : is === undefined && OFF.includes(was));
    return same ? [] : [`${key} was ${was ?? "absent"}, is ${is ?? "absent"}`];
  });
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
