/**
 * Imports repair tasks: each is kept if its fixed program passes the tests and its buggy one fails them.
 *
 * Formats: bugsourcebench-csv, humanevalpack, quixbugs (a checkout), debugbench, repair-jsonl, kedge. What is turned away is
 * written beside the output, with the reason. Both files grow as records are judged, in the order of the input, under
 * names that end in `.tmp` until they are whole. `--split` writes the parts of a data set and its card as well.
 *
 *   deno task import humanevalpack humanevalpack.jsonl --out bugs.jsonl
 *
 * @module
 */
import { ConfigError } from "../src/base/mod.ts";
import { ImportConfig, readConfig } from "../src/config/mod.ts";
import { PendingJsonLines, runMain, writeFile, writeNote, writeResult } from "../src/run/mod.ts";
import { Sandbox } from "../src/sandbox/mod.ts";
import {
  dataCard,
  importBugs,
  IMPORTERS,
  ImportReason,
  type JudgedRecord,
  PARTS,
  runIn,
  splitBugs,
  type StandAloneBug,
  toJsonl,
} from "../src/tasks/mod.ts";

/** Records read ahead for each program judged at once: while a slow one is waited for, those after it are judged. */
const WINDOW = 4;

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
  const judged = importBugs(importer(path, config), {
    run: runIn(sandbox),
    wallMs: config.wallMs,
    window: WINDOW * (config.sandbox.children || navigator.hardwareConcurrency),
  });
  const { accepted, counts, bugs } = await writeJudged(judged, config);
  const parts = config.split ? await writeParts(bugs, config) : undefined;
  const { [ImportReason.UNSUPPORTED]: unsupported = 0, ...reasons } = counts;
  const rejected = Object.values(reasons).reduce((sum, count) => sum + count, 0);
  const read = accepted + rejected + unsupported;
  const value = {
    out: config.out,
    read,
    accepted,
    rejected,
    unsupported,
    reasons,
    ...(parts && { parts }),
  };
  const why = Object.entries(reasons).map(([reason, count]) => `, ${count} ${reason}`).join("");
  const text = `${config.out}: ${accepted} of ${read} records hold` + why +
    (unsupported > 0 ? `; ${unsupported} cannot be judged here` : "");
  writeResult({ value, text }, json);
}

/** Writes each record as soon as it is judged; counts refusals by reason, and keeps the bugs only to split them. */
async function writeJudged(
  judged: AsyncIterable<JudgedRecord>,
  { out, split }: ImportConfig,
): Promise<{ accepted: number; counts: Record<string, number>; bugs: StandAloneBug[] }> {
  using good = await PendingJsonLines.create(out);
  using bad = await PendingJsonLines.create(beside(out, ".rejected.jsonl"));
  const counts: Record<string, number> = {};
  const bugs: StandAloneBug[] = [];
  let [read, accepted] = [0, 0];
  for await (const { accepted: bug, rejected } of judged) {
    if (bug) {
      accepted++;
      await good.append(bug);
      if (split) bugs.push(bug);
    } else {
      await bad.append(rejected);
      counts[rejected.reason] = (counts[rejected.reason] ?? 0) + 1;
    }
    if (++read % 25 === 0) writeNote(`${read} records`);
  }
  await bad.finish(); // before the other, which says by its name that all is there
  await good.finish();
  return { accepted, counts, bugs };
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
