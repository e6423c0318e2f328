/**
 * Imports repair tasks: each is kept if its fixed program passes the tests and its buggy one fails them.
 *
 * Formats: bugsourcebench-csv, humanevalpack, quixbugs (a checkout), debugbench, repair-jsonl, kedge. What is turned away is
 * written beside the output, with the reason. `--split` writes the parts of a data set and its card as well.
 *
 *   deno task import humanevalpack humanevalpack.jsonl --out bugs.jsonl
 *
 * @module
 */
import { ConfigError } from "../src/base/mod.ts";
import { ImportConfig, readConfig } from "../src/config/mod.ts";
import { runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import {
  countReasons,
  dataCard,
  importBugs,
  IMPORTERS,
  ImportReason,
  PARTS,
  runIn,
  splitBugs,
  type StandAloneBug,
  toJsonl,
} from "../src/tasks/mod.ts";

/** Reads, judges, writes. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, positionals, json } = await readConfig(ImportConfig, args);
  const [format = "", path = ""] = positionals;
  const importer = Object.hasOwn(IMPORTERS, format) ? IMPORTERS[format] : undefined;
  if (!importer) {
    const known = Object.keys(IMPORTERS).join(", ");
    throw new ConfigError(`Cannot import format "${format}": expected one of ${known}`);
  }
  await using sandbox = await Sandbox.open(config.sandbox, writeNote);
  const { read, accepted, rejected } = await importBugs(importer(path, config), {
    run: runIn(sandbox),
    wallMs: config.wallMs,
    width: config.sandbox.children || navigator.hardwareConcurrency,
    onRecord: (count) => count % 25 === 0 && writeNote(`${count} records`),
  });
  await writeFile(config.out, toJsonl(accepted));
  await writeFile(beside(config.out, ".rejected.jsonl"), toJsonl(rejected));
  const parts = config.split ? await writeParts(accepted, config) : undefined;
  const { [ImportReason.UNSUPPORTED]: unsupported = 0, ...reasons } = countReasons(rejected);
  const value = {
    out: config.out,
    read,
    accepted: accepted.length,
    rejected: rejected.length - unsupported,
    unsupported,
    reasons,
    ...(parts && { parts }),
  };
  const why = Object.entries(reasons).map(([reason, count]) => `, ${count} ${reason}`).join("");
  const text = `${config.out}: ${accepted.length} of ${read} records hold` + why +
    (unsupported > 0 ? `; ${unsupported} cannot be judged here` : "");
  writeResult({ value, text }, json);
}

/** Writes a file a part and the data card; counts tasks by part. */
async function writeParts(
  bugs: readonly StandAloneBug[],
  config: ImportConfig,
): Promise<Record<string, number>> {
  const split = splitBugs(bugs, config);
  const counts: Record<string, number> = { refused: split.refused.length };
  for (const part of PARTS) {
    counts[part] = new Set(split.parts[part].map(({ taskId }) => taskId)).size;
    await writeFile(beside(config.out, `.${part}.jsonl`), toJsonl(split.parts[part]));
  }
  const title = beside(config.out, "").split("/").at(-1)!;
  await writeFile(beside(config.out, ".card.md"), dataCard(title, split));
  return counts;
}

function beside(out: string, ending: string): string {
  return out.replace(/\.jsonl$/, "") + ending;
}

if (import.meta.main) await runMain(main);
