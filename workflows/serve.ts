/**
 * Serves the status page of the run directories to this machine; reads only, and stops on an interrupt.
 *
 *   deno task serve --port 8642
 *
 * @module
 */
import { readConfig, ServeConfig } from "../src/config/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import { statusApp } from "../src/status/mod.ts";
import { serveUntilInterrupt } from "../src/web/mod.ts";

/** Serves until the process is interrupted. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(ServeConfig, args);
  const onReady = (url: string): void =>
    writeResult({ value: { url }, text: `The runs in ${config.root} are at ${url}` }, json);
  await serveUntilInterrupt(statusApp(config.root), config.port, onReady);
}

if (import.meta.main) await runMain(main);
