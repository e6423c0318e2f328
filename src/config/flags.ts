/**
 * Command-line flags, computed from a zod schema.
 *
 * Every leaf of the schema is one flag, named by its path in kebab case (`model.modelDim` is `--model.model-dim`); a
 * boolean also has `--no-model.x`. Four flags belong to every command: `--config FILE`, `--json`, `--help`, `-h`.
 * Values are only shaped here (text to number, list, JSON); whether they are allowed is the schema's to say.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { z } from "zod";
import { ConfigError } from "../base/mod.ts";

/** The part of JSON Schema that zod emits and flags are computed from. */
export interface JsonSchema {
  /** One type, or several where `null` is allowed. */
  readonly type?: string | readonly string[];
  /** Fields of an object. */
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** Fields that must be given. */
  readonly required?: readonly string[];
  /** Schema of a list's items. */
  readonly items?: JsonSchema;
  /** Legal values. */
  readonly enum?: readonly unknown[];
  /** The one legal value. */
  readonly const?: unknown;
  /** Alternatives. */
  readonly anyOf?: readonly JsonSchema[];
  /** Exclusive alternatives. */
  readonly oneOf?: readonly JsonSchema[];
  /** Value that stands in for a missing one. */
  readonly default?: unknown;
  /** Meaning and unit; of the whole schema, what the command does. */
  readonly description?: string;
  /** Name of the command. */
  readonly title?: string;
  /** Names of the arguments that are not flags, for example `["FILE"]`, `["[NAME]"]`, `["FILE..."]`. */
  readonly positionals?: readonly string[];
}

/** One flag: a leaf of the schema. */
export interface Flag {
  /** Dotted kebab-case name without the leading dashes. */
  readonly name: string;
  /** Keys that lead to the leaf. */
  readonly path: readonly string[];
  /** The leaf's schema. */
  readonly schema: JsonSchema;
  /** Whether the command cannot run without it. */
  readonly required: boolean;
}

/** What a command line said. */
export interface ParsedFlags {
  /** Values given, nested as in the schema. */
  readonly values: Record<string, unknown>;
  /** Arguments that are not flags, in order. */
  readonly positionals: string[];
  /** Configuration files, in order. */
  readonly files: string[];
  /** Whether one JSON object is wanted on the last line of stdout. */
  readonly json: boolean;
  /** Whether only the help text is wanted. */
  readonly help: boolean;
}

const COMMON = {
  config: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** JSON Schema of what a person may write, before defaults. */
export function inputSchema(schema: z.ZodType<object>): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

/** All flags of a schema, in the order of its fields. */
export function flagsOf(schema: JsonSchema, parents: readonly string[] = []): Flag[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, leaf]) => {
    const path = [...parents, key];
    if (leaf.properties) return flagsOf(leaf, path);
    const required = schema.required?.includes(key) ?? false;
    return [{ name: path.map(kebab).join("."), path, schema: leaf, required }];
  });
}

/**
 * Reads a command line.
 *
 * @param flags The flags that may be given.
 * @param args Arguments after the command's name.
 * @throws {ConfigError} If a flag is unknown, lacks its value, or holds text that is not the JSON it must be.
 */
export function parseFlags(flags: readonly Flag[], args: readonly string[]): ParsedFlags {
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  const parsed = { values: {}, positionals: [] as string[], files: [] as string[] };
  let [json, help] = [false, false];
  for (const token of tokenize(flags, args)) {
    if (token.kind === "positional") parsed.positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help") help = true;
    else if (token.name === "json") json = true;
    else if (token.name === "config") parsed.files.push(valueOf(token));
    else {
      const negative = token.name.startsWith("no-") && !byName.has(token.name);
      const flag = byName.get(negative ? token.name.slice(3) : token.name);
      if (!flag || (negative && !isBoolean(flag))) throw unknownFlag(token.rawName, flags);
      assign(parsed.values, flag, negative ? false : readValue(flag, token));
    }
  }
  return { ...parsed, json, help };
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/** Splits the arguments; unknown names pass, so that the caller can list the known ones. */
function tokenize(flags: readonly Flag[], args: readonly string[]): Token[] {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = { ...COMMON };
  for (const flag of flags) {
    options[flag.name] = { type: isBoolean(flag) ? "boolean" : "string" };
    if (isBoolean(flag)) options[`no-${flag.name}`] = { type: "boolean" };
  }
  const plan = { args: [...args], options, strict: false, allowPositionals: true, tokens: true };
  return parseArgs(plan as Parameters<typeof parseArgs>[0]).tokens ?? [];
}

/** The text given to a flag. A following flag is not a value; `--name=--value` says so if it is meant. */
function valueOf(token: OptionToken): string {
  if (token.value === undefined || (!token.inlineValue && token.value.startsWith("--"))) {
    throw new ConfigError(`Cannot read argument "${token.rawName}": expected a value, found none`);
  }
  return token.value;
}

/** The value of a flag in the shape its schema asks for; text that does not fit stays text. */
function readValue(flag: Flag, token: OptionToken): unknown {
  if (isBoolean(flag)) {
    if (token.value === undefined || token.value === "true") return true;
    return token.value === "false" ? false : token.value;
  }
  const text = valueOf(token);
  const { items } = flag.schema;
  if (!items) return convert(flag.name, flag.schema, text);
  const parts = items.enum || typesOf(items).has("number") ? text.split(",") : [text];
  return parts.filter((part) => part !== "").map((part) => convert(flag.name, items, part));
}

/** Text as a number, `null` or JSON where the schema knows one; else the text itself. */
function convert(name: string, schema: JsonSchema, text: string): unknown {
  const types = typesOf(schema);
  if (types.has("null") && text === "null") return null;
  if (types.has("number") && text.trim() !== "" && Number.isFinite(Number(text))) {
    return Number(text);
  }
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.has("string") || !(types.has("object") || types.has("array"))) return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `Cannot read argument "--${name}": expected JSON, found ${text}`;
    throw new ConfigError(message, { cause });
  }
}

/** All types a value may have; integers count as numbers. */
function typesOf(schema: JsonSchema): Set<string> {
  const own = [schema.type ?? []].flat().map((type) => type === "integer" ? "number" : type);
  const other = [...schema.anyOf ?? [], ...schema.oneOf ?? []].flatMap((s) => [...typesOf(s)]);
  return new Set([...own, ...other]);
}

function isBoolean(flag: Flag): boolean {
  return flag.schema.type === "boolean";
}

/** Sets a leaf; a list given twice grows, anything else given twice takes the last value. */
function assign(values: Record<string, unknown>, flag: Flag, value: unknown): void {
  let target = values;
  for (const key of flag.path.slice(0, -1)) {
    target = (target[key] ??= {}) as Record<string, unknown>;
  }
  const last = flag.path.at(-1)!;
  const before = target[last];
  target[last] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
}

function unknownFlag(rawName: string, flags: readonly Flag[]): ConfigError {
  const known = [...Object.keys(COMMON), ...flags.map((flag) => flag.name)];
  const list = known.map((name) => `--${name}`).join(", ");
  return new ConfigError(`Cannot read argument "${rawName}": known flags are ${list}`);
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
