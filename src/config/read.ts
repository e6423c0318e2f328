/**
 * Reads a command's configuration: defaults, then configuration files from left to right, then flags.
 *
 * @module
 */
import type { z } from "zod";
import { ConfigError } from "../base/mod.ts";
import { flagsOf, inputSchema, parseFlags } from "./flags.ts";
import { HelpRequest, helpText } from "./help.ts";
import { describeIssues, type Source } from "./issues.ts";

/** What a command was asked to do. */
export interface Invocation<Config> {
  /** The resolved configuration: every field present. */
  readonly config: Config;
  /** Arguments that are not flags, in order. */
  readonly positionals: readonly string[];
  /** Whether one JSON object is wanted on the last line of stdout. */
  readonly json: boolean;
}

/** Finds the values a continued run was started with; they lie between the defaults and the files. */
export type StoredValues<Config> = (config: Config) => Promise<Source | undefined>;

/**
 * Reads the configuration of a command.
 *
 * The schema's metadata names the command: `.meta({ title: "judge", description: "…", positionals: ["FILE"] })`.
 *
 * @param schema The command's whole configuration.
 * @param args The command line after the command's name.
 * @param stored Asked for values of a run that is to be continued, given the configuration without them.
 * @throws {ConfigError} If an argument, a file or a field is not as the schema says.
 * @throws {HelpRequest} If `--help` is given.
 */
export async function readConfig<S extends z.ZodType<object>>(
  schema: S,
  args: readonly string[],
  stored?: StoredValues<z.output<S>>,
): Promise<Invocation<z.output<S>>> {
  const root = inputSchema(schema);
  const { values, positionals, files, json, help } = parseFlags(flagsOf(root), args);
  if (help) throw new HelpRequest(helpText(schema));
  checkPositionals(root.positionals ?? [], positionals);
  const sources: Source[] = [];
  for (const file of files) sources.push({ file, values: await readConfigFile(file) });
  sources.push({ file: "", values });
  const config = parseSources(schema, sources);
  const below = await stored?.(config);
  return { config: below ? parseSources(schema, [below, ...sources]) : config, positionals, json };
}

/**
 * Checks merged values against a schema and fills in the defaults.
 *
 * @param sources Values in order of precedence, the last one winning.
 * @throws {ConfigError} If a field is not as the schema says; the message names field, expectation and value.
 */
export function parseSources<S extends z.ZodType<object>>(
  schema: S,
  sources: readonly Source[],
): z.output<S> {
  const merged = sources.reduce<unknown>((all, source) => merge(all, source.values), {});
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  throw new ConfigError(`Cannot read config: ${describeIssues(result.error, sources)}`);
}

/**
 * Reads a configuration file.
 *
 * @throws {ConfigError} If the file cannot be read or does not hold a JSON object.
 */
export async function readConfigFile(file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await Deno.readTextFile(file));
    if (isRecord(value)) return value;
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "expected a JSON file, found none"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    throw new ConfigError(`Cannot read config file "${file}": ${reason}`, { cause });
  }
  throw new ConfigError(`Cannot read config file "${file}": expected a JSON object`);
}

/** Lays one value over another: objects are merged by key, everything else is replaced. */
function merge(below: unknown, above: unknown): unknown {
  if (!isRecord(below) || !isRecord(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => {
    if (!Object.hasOwn(above, key)) return [key, below[key]];
    return [key, Object.hasOwn(below, key) ? merge(below[key], above[key]) : above[key]];
  }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `[NAME]` may be missing, a last `NAME...` takes any number. */
function checkPositionals(names: readonly string[], given: readonly string[]): void {
  const needed = names.filter((name) => !name.startsWith("[")).length;
  const most = names.at(-1)?.includes("...") ? Infinity : names.length;
  if (given.length > most) {
    const expected = most === 0 ? "only flags" : names.join(" ");
    throw new ConfigError(`Cannot read argument "${given[most]}": expected ${expected}`);
  }
  if (given.length < needed) {
    const found = given.length === 0 ? "nothing" : given.join(" ");
    throw new ConfigError(`Cannot read arguments: expected ${names.join(" ")}, found ${found}`);
  }
}
