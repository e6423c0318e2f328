/**
 * Importers of repair tasks, one format a file.
 *
 * @module
 */
import { importBugSourceBenchCsv } from "./bugsourcebench_csv.ts";
import { importDebugBench } from "./debugbench.ts";
import { importHumanEvalPack } from "./humanevalpack.ts";
import { importKedge } from "./kedge.ts";
import { importQuixBugs } from "./quixbugs.ts";
import type { Importer } from "./record.ts";
import { importRepairJsonl } from "./repair_jsonl.ts";

export * from "./import_bugs.ts";
export * from "./record.ts";

/** The formats by name. */
export const IMPORTERS: Readonly<Record<string, Importer>> = {
  "bugsourcebench-csv": importBugSourceBenchCsv,
  "humanevalpack": importHumanEvalPack,
  "quixbugs": importQuixBugs,
  "debugbench": importDebugBench,
  "repair-jsonl": importRepairJsonl,
  "kedge": importKedge,
};
