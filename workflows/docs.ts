/**
 * Writes `docs/config.md`, the page of every command's flags, from the schemas.
 *
 *   deno task docs
 *
 * @module
 */
import * as schemas from "../src/config/mod.ts";
import { runMain, writeFile, writeResult } from "../src/run/mod.ts";

/** Writes the page. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await schemas.readConfig(schemas.DocsConfig, args);
  const commands = schemas.commandSchemas(schemas);
  await writeFile(config.out, schemas.configDocs(Object.values(commands)));
  const value = { out: config.out, commands: Object.keys(commands) };
  writeResult({ value, text: `Wrote ${config.out}.` }, json);
}

if (import.meta.main) await runMain(main);
