/**
 * Help texts, computed from a zod schema.
 *
 * @module
 */
import type { z } from "zod";
import { type Flag, flagsOf, inputSchema, type JsonSchema } from "./flags.ts";

/** Thrown when `--help` was asked for: the message is the help text and the command ends well. */
export class HelpRequest extends Error {
  override readonly name = "HelpRequest";
  /** What the process ends with. */
  readonly exitCode = 0;
}

/** Help of a command: usage, what it does, and every flag with its type, meaning and default. */
export function helpText(schema: z.ZodType<object>): string {
  const root = inputSchema(schema);
  const rows = [...flagsOf(root).map(flagRow), ...COMMON_ROWS];
  const width = Math.min(40, Math.max(...rows.map(([left]) => left.length)));
  const lines = rows.map(([left, right]) =>
    left.length > width
      ? `  ${left}\n  ${" ".repeat(width)}  ${right}`
      : `  ${left.padEnd(width)}  ${right}`
  );
  const about = root.description ? `\n${root.description}\n` : "";
  return `Usage: ${usage(root)}\n${about}\nFlags:\n${lines.join("\n")}\n`;
}

/** The command line that runs a command. */
export function usage(root: JsonSchema): string {
  const words = ["deno task", root.title ?? "<command>", ...root.positionals ?? [], "[flags]"];
  return words.join(" ");
}

/** A short name for what a flag takes: `number`, `text`, `a|b`, `list of numbers`. */
export function typeName(schema: JsonSchema): string {
  const choices = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (choices) return choices.join("|");
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return [...new Set(branches.map(typeName))].join("|");
  if (schema.items) return `list of ${typeName(schema.items)}`;
  const types = [schema.type ?? "JSON"].flat();
  return types.map((type) => TYPE_NAMES[type] ?? type).join("|");
}

const TYPE_NAMES: Readonly<Record<string, string>> = { string: "text", object: "JSON" };

const COMMON_ROWS: readonly (readonly [string, string])[] = [
  ["--config FILE", "configuration file in JSON; may be given several times, later ones win"],
  ["--json", "put one JSON object on the last line of stdout"],
  ["--help, -h", "show this text"],
];

function flagRow(flag: Flag): readonly [string, string] {
  const { schema } = flag;
  const boolean = schema.type === "boolean";
  const name = boolean && schema.default === true ? `--no-${flag.name}` : `--${flag.name}`;
  const left = boolean ? name : `${name} <${typeName(schema)}>`;
  const value = flag.required ? "required" : defaultText(schema);
  return [left, `${schema.description ?? ""}${value ? ` [${value}]` : ""}`];
}

/** How a default is shown; an absent or empty one is shown as nothing. */
function defaultText(schema: JsonSchema): string {
  const value = schema.default;
  if (value === undefined || value === null || value === "") return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
