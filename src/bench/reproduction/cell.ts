/**
 * A cell of a reproduction: what one arm did with one seed, small and complete in itself.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "../../base/mod.ts";
import { Packed } from "./packed.ts";

/** Rates of a measurement on validation bugs. */
const CurvePoint = z.strictObject({
  /** Rounds played. */
  round: z.int().min(0),
  /** Tokens sampled and trained on so far. */
  tokens: z.int().min(0),
  /** Fix rate by source. */
  sources: z.record(z.string(), z.number()),
  /** Unweighted over sources. */
  mean: z.number(),
});

/** What was watched in every round, a value a round; null where a round has none. */
const Rounds = z.strictObject({
  /** Tokens sampled and trained on up to the end of the round. */
  tokens: z.array(z.int()),
  /** Share of the first repairs of new bugs that pass. */
  ownPassRate: z.array(z.number().nullable()),
  /** Share of the first repairs of mixed reference bugs that pass. */
  referencePassRate: z.array(z.number().nullable()),
  /** Mean cosine of new bugs to the nearest references, mapped to 0 to 1. */
  similarity: z.array(z.number().nullable()),
  /** Mean percentile of that nearness among the references. */
  percentile: z.array(z.number().nullable()),
  /** Share of the generator's attempts that are valid bugs. */
  validRate: z.array(z.number().nullable()),
});

/** One arm with one seed. */
export const ArmCell = z.strictObject({
  kind: z.literal("cell"),
  arm: z.string(),
  method: z.string(),
  seed: z.int().min(0),
  /** Settings that decide the result. */
  experiment: z.record(z.string(), z.json()),
  /** SHA-256 of those settings. */
  configHash: z.string(),
  /** SHA-256 of every input, by name. */
  inputs: z.record(z.string(), z.string()),
  /** Command line that made it. */
  command: z.string(),
  adapter: z.string(),
  gitCommit: z.string(),
  deno: z.string(),
  /** Time of the whole job, seconds. */
  seconds: z.number(),
  rounds: z.int().min(0),
  /** Rounds before the kept checkpoint. */
  kept: z.int().min(0),
  tokens: z.strictObject({ sampled: z.int(), trained: z.int() }),
  /** Repairs of each test bug in `test.sampled`; 0 without. */
  samples: z.int().min(0),
  /** Bugs of tasks whose skeletons were not trained on. */
  test: Packed,
  /** Bugs of families that were not trained on. */
  heldoutFamilies: Packed.optional(),
  /** On validation bugs, from the model before training on. */
  curve: z.array(CurvePoint),
  roundly: Rounds,
});

/** One arm with one seed. */
export type ArmCell = z.output<typeof ArmCell>;

/** Where a cell lies in the folder of a reproduction. */
export function cellPath(out: string, arm: string, seed: number): string {
  return `${out}/cells/${arm}-${seed}.json`;
}

/** A cell as a file: a line a field, so that differences of two cells can be read. */
export function cellText(cell: object): string {
  const lines = Object.entries(cell).map(([key, value]) =>
    `${JSON.stringify(key)}:${JSON.stringify(value)}`
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}

/**
 * Reads a cell; undefined if there is none.
 *
 * @throws {ConfigError} If the file is not a cell.
 */
export async function readCell(path: string): Promise<ArmCell | undefined> {
  const value = await readJsonFile(path);
  return value === undefined ? undefined : parseAs(ArmCell, value, path);
}

/** All cells of a folder, by file name; other files of it are left alone. */
export async function readCells(out: string): Promise<ArmCell[]> {
  const cells: ArmCell[] = [];
  for (const path of await cellFiles(out)) {
    const value = await readJsonFile(path);
    if (isOfKind(value, "cell")) cells.push(parseAs(ArmCell, value, path));
  }
  return cells;
}

/** Paths of the JSON files among a folder's cells, sorted. */
export async function cellFiles(out: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(`${out}/cells`)) {
      if (name.endsWith(".json")) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort().map((name) => `${out}/cells/${name}`);
}

/** Whether a value is an object whose `kind` is this. */
export function isOfKind(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && Reflect.get(value, "kind") === kind;
}

/** Parses a file's content. */
export function parseAs<T>(schema: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ConfigError(`Cannot read ${path}: ${z.prettifyError(parsed.error)}`);
}

/** The content of a JSON file; undefined if there is none. */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ConfigError(`Cannot read ${path}: expected JSON, found ${cause.message}`, { cause });
  }
}
