/**
 * What a run is: its command, configuration, seed and the versions that made it (`config.json`).
 *
 * @module
 */
import { ConfigError } from "../base/mod.ts";
import type { RunConfig, Source } from "../config/mod.ts";
import { listNames, readJson } from "./files.ts";

/** What the caller knows of a run. */
export interface RunIdentity {
  /** Name of the command. */
  readonly command: string;
  /** The command's resolved configuration. */
  readonly config: object;
  /** Root of every random stream. */
  readonly seed: number;
  /** Name of the GPU adapter. */
  readonly adapter: string;
}

/** What `config.json` holds. */
export interface RunRecord extends RunIdentity {
  /** When the run was first started, ISO 8601. */
  readonly startedAt: string;
  /** Commit of the working tree, or "unknown". */
  readonly gitCommit: string;
  /** Version of Deno. */
  readonly deno: string;
}

/** Keys of a configuration that a continued run may not change. */
const FIXED = ["model", "seed", "method"] as const;

/** Completes an identity by time and versions. */
export async function describeRun(identity: RunIdentity): Promise<RunRecord> {
  const { command, config, seed, adapter } = identity;
  const gitCommit = await headCommit(".git").catch(() => "unknown");
  const startedAt = new Date().toISOString();
  return { command, seed, adapter, gitCommit, deno: Deno.version.deno, startedAt, config };
}

/**
 * Reads a run's `config.json`; undefined if there is none.
 *
 * @throws {ConfigError} If it is not the JSON that a run writes.
 */
export async function readRunRecord(dir: string): Promise<RunRecord | undefined> {
  const path = `${dir}/config.json`;
  const record = await readJson(path).catch((cause: unknown) => {
    throw new ConfigError(`Cannot read ${path}: expected JSON, found ${cause}`, { cause });
  }) as Partial<RunRecord> | undefined;
  if (record === undefined || (record.command !== undefined && record.config !== undefined)) {
    return record as RunRecord | undefined;
  }
  throw new ConfigError(`Cannot read ${path}: expected a run's record, found other JSON`);
}

/**
 * Refuses to continue a run as something else.
 *
 * @throws {ConfigError} If the command, the model, the seed or the method differs; the message names the key.
 */
export function checkSameRun(dir: string, before: RunRecord, now: RunIdentity): void {
  const [old, current] = [leavesOf(before), leavesOf(now)];
  for (const key of new Set([...old.keys(), ...current.keys()])) {
    if (old.get(key) === current.get(key)) continue;
    const found = current.get(key) ?? "nothing";
    throw new ConfigError(
      `Cannot continue ${dir}: ${key}: expected ${old.get(key) ?? "nothing"}, found ${found}`,
    );
  }
}

/** What differs between two starts of a run without making it another one. */
export function versionChanges(before: RunRecord, now: RunRecord): string[] {
  return (["adapter", "deno", "gitCommit"] as const)
    .filter((key) => before[key] !== now[key])
    .map((key) => `${key} was ${before[key]}, is ${now[key]}`);
}

/**
 * For `readConfig`: the values that a run to be continued was started with.
 *
 * @param command The command whose runs count.
 */
export function storedConfig(
  command: string,
): (config: { run: RunConfig; resume: boolean }) => Promise<Source | undefined> {
  return async ({ run, resume }) => {
    if (!resume) return undefined;
    const name = run.name || await newestRun(run.root, command);
    const dir = `${run.root}/${name}`;
    const record = name ? await readRunRecord(dir) : undefined;
    if (!record) {
      const found = name ? `no ${dir}/config.json` : `no run of ${command} in ${run.root}`;
      throw new ConfigError(`Cannot continue a run: expected an earlier one, found ${found}`);
    }
    const stored = record.config as { readonly run?: object };
    return { file: `${dir}/config.json`, values: { ...stored, run: { ...stored.run, name } } };
  };
}

async function newestRun(root: string, command: string): Promise<string | undefined> {
  const names = await listNames(root);
  const records = await Promise.all(names.map(async (name) => {
    const record = await readRunRecord(`${root}/${name}`).catch(() => undefined);
    return { name, record };
  }));
  return records.filter(({ record }) => record?.command === command)
    .sort((a, b) => a.record!.startedAt < b.record!.startedAt ? -1 : 1)
    .at(-1)?.name;
}

/** The leaves under the fixed keys, by dotted path, as JSON text. */
function leavesOf(record: RunIdentity): Map<string, string> {
  const leaves = new Map([["command", JSON.stringify(record.command)]]);
  const visit = (path: string, value: unknown): void => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [key, item] of Object.entries(value)) visit(`${path}.${key}`, item);
    } else if (value !== undefined) leaves.set(path, JSON.stringify(value));
  };
  for (const key of FIXED) visit(key, Reflect.get(record.config, key));
  return leaves;
}

/** Commit that a `.git` directory's HEAD stands on. */
async function headCommit(git: string): Promise<string> {
  const head = (await Deno.readTextFile(`${git}/HEAD`)).trim();
  if (!head.startsWith("ref: ")) return head;
  const ref = head.slice(5);
  try {
    return (await Deno.readTextFile(`${git}/${ref}`)).trim();
  } catch {
    const packed = await Deno.readTextFile(`${git}/packed-refs`);
    return packed.split("\n").find((line) => line.endsWith(` ${ref}`))?.split(" ")[0] ?? "unknown";
  }
}
