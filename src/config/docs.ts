/**
 * The page `docs/config.md`, computed from the schemas.
 *
 * @module
 */
import { z } from "zod";
import { type Flag, flagsOf, inputSchema, type JsonSchema } from "./flags.ts";
import { typeName, usage } from "./help.ts";

/** Every schema among a module's exports that is a command's: its metadata has a `title`. */
export function commandSchemas(
  exports: Readonly<Record<string, unknown>>,
): Record<string, z.ZodType<object>> {
  const titled = Object.values(exports).flatMap((value) => {
    if (!(value instanceof z.ZodType)) return [];
    const schema = value as z.ZodType<object>;
    const { title } = inputSchema(schema);
    return title ? [[title, schema] as const] : [];
  });
  return Object.fromEntries(titled.sort(([a], [b]) => a < b ? -1 : 1));
}

/** Markdown with a section a command and a table row a flag. */
export function configDocs(schemas: readonly z.ZodType<object>[]): string {
  return [HEAD, ...schemas.map((schema) => commandDocs(inputSchema(schema)))].join("\n");
}

const HEAD = `# Configuration

This page is computed from the schemas in \`src/config/\` by \`deno task docs\`; do not edit it.

Every command takes its values from the defaults below, then from each \`--config FILE\` (JSON, nested as the dots say, in
camel case; several are read from left to right), then from its flags. \`--json\` puts one JSON object on the last line of
stdout, \`--help\` shows the command's flags. A command ends with 0 on success, 1 on a failed goal and 2 on bad input.
`;

function commandDocs(root: JsonSchema): string {
  const rows = flagsOf(root).map(tableRow);
  const table = ["| flag | takes | default | meaning |", "| --- | --- | --- | --- |", ...rows];
  const about = root.description ? `${root.description}\n\n` : "";
  return `## ${root.title}\n\n\`${usage(root)}\`\n\n${about}${table.join("\n")}\n`;
}

function tableRow(flag: Flag): string {
  const { schema } = flag;
  const value = flag.required
    ? "required"
    : schema.default === undefined
    ? ""
    : `\`${JSON.stringify(schema.default)}\``;
  const cells = [`\`--${flag.name}\``, typeName(schema), value, schema.description ?? ""];
  return `| ${cells.map(escapeCell).join(" | ")} |`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Configuration of `docs`. */
export const DocsConfig = z.strictObject({
  out: z.string().min(1).default("docs/config.md").describe("file to write"),
}).meta({ title: "docs", description: "Writes the page of all flags from the schemas." });
