/**
 * Imports a sample of real repair tasks, which are no part of the repository: `REPAIR_DATA` names their folder, by default
 * `../shared/data` beside the project.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ImportReason, isRefusal } from "../../../src/tasks/mod.ts";
import { judgeRecords, recordsOf, refusalsOf } from "../../support/importing.ts";
import { ROOT } from "../../support/source.ts";

const FOLDER = Deno.env.get("REPAIR_DATA") ?? `${ROOT}../shared/data`;
const FILE = `${FOLDER}/bugs-dev.jsonl`;
const THERE = await Deno.stat(FILE).then(() => true, () => false);
/** Of so many items one is judged; Python takes longer to start. */
const SCRIPT_STRIDE = 20;
const PYTHON_STRIDE = 160;

if (!THERE) {
  // deno-lint-ignore no-console -- missing data must be seen
  console.warn(`SKIPPED: importing real repair tasks; there is no ${FILE} (REPAIR_DATA names it)`);
}

Deno.test({
  name:
    "importRepairJsonl() reads every real item, and a sample of JavaScript and TypeScript holds",
  ignore: !THERE,
  async fn() {
    const records = await recordsOf("repair-jsonl", FILE);
    assert(records.length > 500);
    assert.deepEqual(refusalsOf(records), []);
    const script = records.filter(({ outcome }) =>
      !isRefusal(outcome) && outcome.task.language !== "py"
    );
    const sample = script.filter((_, index) => index % SCRIPT_STRIDE === 0);
    const { accepted, rejected } = await judgeRecords(sample);
    assert(accepted.length >= 0.98 * sample.length, JSON.stringify(rejected));
  },
});

Deno.test({
  name: "importRepairJsonl() accepts a sample of real Python items",
  ignore: !THERE,
  async fn() {
    const records = await recordsOf("repair-jsonl", FILE);
    const python = records.filter(({ outcome }) =>
      !isRefusal(outcome) && outcome.task.language === "py"
    );
    const sample = python.filter((_, index) => index % PYTHON_STRIDE === 0);
    const { rejected } = await judgeRecords(sample);
    const failed = rejected.filter(({ reason }) => reason !== ImportReason.UNSUPPORTED);
    assert.deepEqual(failed, []);
  },
});
