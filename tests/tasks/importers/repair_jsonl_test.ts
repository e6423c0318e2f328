import assert from "node:assert/strict";
import { isRefusal } from "../../../src/tasks/mod.ts";
import { withFolder } from "../../support/folder.ts";
import { judgeRecords, recordsOf, refusalsOf } from "../../support/importing.ts";

/** An item about counting, in any of the three test kinds. */
function item(fields: Record<string, unknown>): string {
  return JSON.stringify({
    id: "count-1",
    source: "human",
    origin: "made up",
    license: "MIT",
    language: "js",
    group: "count",
    entry: "count",
    problem: "Counts the keys.",
    buggy: "function count(x) { return Object.keys(x).length + 1; }",
    fixed: "function count(x) { return Object.keys(x).length; }",
    test_kind: "cases",
    tests: [{ args: [{ $: 1, b: 2 }], expected: 2 }],
    meta: { fix_subject: "fix off by one" },
    ...fields,
  });
}

const SUITE = "describe('count', () => { it('counts', () => expect(count({ a: 1 })).toBe(1)); });";

Deno.test("importRepairJsonl() takes cases, programs and suites, which hold", async () => {
  const prelude = { prelude: "const keys = (x) => Object.keys(x);\n" };
  const fixed = "function count(x) { return keys(x).length; }";
  const lines = [
    item({}),
    item({
      id: "count-2",
      source: "lm",
      test_kind: "program",
      tests: "if (count({}) !== 0) throw new Error('not empty');",
      meta: { model: "some-model" },
    }),
    item({ id: "count-3", source: "human-edit-of-lm", test_kind: "suite", tests: SUITE }),
    item({ id: "count-4", language: "ts", ...prelude, fixed, source: "lm" }),
    item({ id: "count-5", test_kind: "suite", tests: SUITE, ...prelude, fixed }),
  ];
  await withFolder({ "a.jsonl": lines.join("\n") }, async (folder) => {
    const report = await judgeRecords(await recordsOf("repair-jsonl", `${folder}/a.jsonl`));
    assert.deepEqual(report.rejected, []);
    assert.deepEqual(report.accepted.map(({ source }) => source), [
      "human",
      "lm:some-model",
      "human-edited-lm",
      "lm:unknown",
      "human",
    ]);
    assert(report.accepted.every(({ taskId, task }) => taskId === "count" && task.id === "count"));
    assert(!JSON.stringify(report.accepted).includes("off by one"), "gives the repair away");
  });
});

Deno.test("importRepairJsonl() escapes what looks like an encoding", async () => {
  await withFolder({ "a.jsonl": item({}) }, async (folder) => {
    const [record] = await recordsOf("repair-jsonl", `${folder}/a.jsonl`);
    assert(record && !isRefusal(record.outcome) && record.outcome.task.tests.kind === "cases");
    const [first] = record.outcome.task.tests.cases;
    assert.deepEqual(first!.args, [{ $: "Object", value: [["$", 1], ["b", 2]] }]);
  });
});

Deno.test("importRepairJsonl() names line and field of what does not fit", async () => {
  const lines = [
    item({}),
    "",
    item({ id: "" }),
    "{",
    item({ tests: [] }),
    item({ test_kind: "?" }),
  ];
  await withFolder({ "a.jsonl": lines.join("\n") }, async (folder) => {
    const refusals = refusalsOf(await recordsOf("repair-jsonl", `${folder}/a.jsonl`));
    assert.equal(refusals.length, 4);
    assert.match(refusals[0]!, /^a\.jsonl:3 malformed: field "id"/);
    assert.match(refusals[1]!, /^a\.jsonl:4 malformed: .*JSON/);
    assert.match(refusals[2]!, /^a\.jsonl:5 malformed: field "tests"/);
    assert.match(refusals[3]!, /^a\.jsonl:6 malformed: field "test_kind"/);
  });
});
