import assert from "node:assert/strict";
import {
  importBugs,
  type ImportedRecord,
  ImportReason,
  refuse,
  type StandAloneBug,
  toJsonl,
} from "../../../src/tasks/mod.ts";
import { withFolder } from "../../support/folder.ts";
import { judgeRecords, recordsOf, refusalsOf } from "../../support/importing.ts";

const RIGHT = "function half(n) { return n / 2; }";
const WRONG = "function half(n) { return n / 3; }";

function bug(id: string, buggy: string, task: Partial<StandAloneBug["task"]> = {}): StandAloneBug {
  const about = { origin: "made up", license: "MIT" };
  return {
    id,
    taskId: "half",
    source: "human",
    ...about,
    buggy,
    task: {
      id: "half",
      ...about,
      language: "js",
      entry: "half",
      problem: "Halves.",
      solution: RIGHT,
      tests: { kind: "cases", cases: [{ args: [4], expected: 2 }] },
      ...task,
    },
  };
}

const record = (outcome: ImportedRecord["outcome"], line: number): ImportedRecord => ({
  place: `a:${line}`,
  outcome,
});

Deno.test("importBugs() keeps what holds, in order, and says why not", async () => {
  const hidden = { kind: "cases" as const, cases: [{ args: [4], expected: 3 }] };
  const records = [
    bug("wrong", WRONG),
    bug("right", RIGHT),
    refuse(ImportReason.LANGUAGE, "found cpp"),
    bug("wrong", WRONG),
    bug("endless", "function half(n) { for (;;); }"),
    bug("both wrong", WRONG, { solution: WRONG }),
    bug("hidden", WRONG, { hiddenTests: hidden }),
    bug("broken", "function half(n) { return n / ; }"),
    bug("odd tests", WRONG, { tests: { kind: "suite", text: "describe('" } }),
    bug("throws", "function half(n) { return missing; }"),
  ].map(record);
  const { read, accepted, rejected } = await judgeRecords(records, 1500);
  assert.equal(read, 10);
  assert.deepEqual(accepted.map(({ id }) => id), ["wrong", "endless", "throws"]);
  assert.deepEqual(rejected.map(({ place, reason }) => `${place} ${reason}`), [
    "a:1 buggy-passes",
    "a:2 language",
    "a:3 duplicate",
    "a:5 fixed-fails",
    "a:6 fixed-fails",
    "a:7 buggy-broken",
    "a:8 unsupported",
  ]);
  assert.match(rejected[3]!.detail, /^failed: half\(4\): expected 2, received 1\.33/);
});

Deno.test("importBugs() refuses a file without records or of another format", async () => {
  await assert.rejects(judgeRecords([]), { name: "ConfigError", message: /found none$/ });
  const odd = [record(refuse(ImportReason.MALFORMED, 'field "id": expected text'), 1)];
  await assert.rejects(judgeRecords(odd), {
    name: "ConfigError",
    message: 'Cannot import a:1: field "id": expected text',
  });
});

Deno.test("importBugs() gives records on in order, and reads no more than a window ahead", async () => {
  let [read, underWay, most, given] = [0, 0, 0, 0];
  async function* many(): AsyncGenerator<ImportedRecord> {
    for (; read < 40; read++) {
      assert.ok(read - given <= 3, `${read} read, ${given} given on`);
      yield record(bug(`${read}`, WRONG), read);
    }
  }
  const judged = importBugs(many(), {
    window: 3,
    wallMs: 1000,
    run: async ({ code }) => {
      most = Math.max(most, ++underWay);
      // The later a record came, the sooner it is done.
      for (let turn = read; turn < 40; turn++) await Promise.resolve();
      underWay--;
      return { kind: code === RIGHT ? "passed" : "failed", tests: [] };
    },
  });
  for await (const { accepted } of judged) assert.equal(accepted?.id, `${given++}`);
  assert.deepEqual([read, given, most], [40, 40, 3]);
});

Deno.test("importKedge() takes bugs that carry their tasks", async () => {
  const { task: _, ...alone } = bug("alone", WRONG);
  const text = toJsonl([bug("wrong", WRONG), alone]);
  await withFolder({ "a.jsonl": text }, async (folder) => {
    const records = await recordsOf("kedge", `${folder}/a.jsonl`);
    assert.deepEqual(records[0]!.outcome, bug("wrong", WRONG));
    assert.match(refusalsOf(records)[0]!, /^a\.jsonl:2 malformed: field "task"/);
  });
});
