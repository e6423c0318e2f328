// deno-lint-ignore-file camelcase -- the names are BugSourceBench's
import assert from "node:assert/strict";
import { withFolder } from "../../support/folder.ts";
import { judgeRecords, recordsOf, refusalsOf } from "../../support/importing.ts";

const COLUMNS = [
  "task_id",
  "instruct_prompt",
  "buggy",
  "canonical_solution",
  "test",
  "complete_prompt",
  "code_prompt",
  "entry_point",
  "doc_struct",
  "libs",
  "test_output",
];

const ROW: Record<string, string> = {
  task_id: "Bench/1",
  instruct_prompt: 'Join the words, "separated".',
  buggy: '    return ",".join(words)\n',
  canonical_solution: "    return sep.join(words)\n",
  code_prompt: 'import json\ndef task_func(words, sep=" "):\n',
  entry_point: "task_func",
  test: `import unittest

class TestCases(unittest.TestCase):
    def test_plain(self):
        self.assertEqual(task_func(["a", "b"]), "a b")

    def test_one(self):
        self.assertEqual(task_func(["a"]), "a")
`,
};

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function csv(columns: readonly string[], ...rows: readonly Record<string, string>[]): string {
  const lines = rows.map((row) => columns.map((name) => quote(row[name] ?? "")).join(","));
  return [columns.join(","), ...lines].join("\r\n") + "\r\n";
}

Deno.test("importBugSourceBenchCsv() reads quoted line ends; suites hold", async () => {
  const whole = {
    ...ROW,
    task_id: "Bench/2",
    buggy: 'def task_func(words, sep=" "):\n    return ""\n',
  };
  await withFolder({ "a.csv": "\ufeff" + csv(COLUMNS, ROW, whole) }, async (folder) => {
    const defaults = { source: "lm:weak", license: "Apache-2.0" };
    const records = await recordsOf("bugsourcebench-csv", `${folder}/a.csv`, defaults);
    const { accepted, rejected } = await judgeRecords(records);
    assert.deepEqual(rejected, []);
    const [first, second] = accepted;
    assert.equal(first!.id, "Bench/1/lm:weak");
    assert.equal(first!.license, "Apache-2.0");
    assert.equal(
      first!.buggy,
      'import json\ndef task_func(words, sep=" "):\n    return ",".join(words)\n',
    );
    assert.equal(second!.buggy, whole.buggy);
    assert.equal(first!.task.problem, ROW.instruct_prompt);
  });
});

Deno.test("importBugSourceBenchCsv() names lines, a column source goes first", async () => {
  const columns = [...COLUMNS, "source"];
  const text = csv(columns, { ...ROW, source: "human" }, ROW, { ...ROW, test: "" }) +
    "short,row\r\n";
  await withFolder({ "a.csv": text }, async (folder) => {
    const records = await recordsOf("bugsourcebench-csv", `${folder}/a.csv`);
    const rowLines = csv(columns, ROW).split("\n").length - 2;
    assert.deepEqual(
      records.map(({ place }) => place),
      [0, 1, 2].map((row) => `a.csv:${2 + row * rowLines}`)
        .concat(`a.csv:${text.split("\n").length - 1}`),
    );
    const refusals = refusalsOf(records);
    assert.match(refusals[0]!, /malformed: expected a column source, or --source$/);
    assert.match(refusals[1]!, /malformed: field "test"/);
    assert.match(refusals[2]!, /malformed: .*columns/i);
  });
});

Deno.test("importBugSourceBenchCsv() refuses what is not CSV or not there", async () => {
  await withFolder({ "a.csv": `task_id,buggy\n"a" b,c\n` }, async (folder) => {
    await assert.rejects(recordsOf("bugsourcebench-csv", `${folder}/a.csv`), {
      name: "ConfigError",
      message: /^Cannot read .*a\.csv:2: /,
    });
    await assert.rejects(recordsOf("bugsourcebench-csv", `${folder}/none.csv`), {
      name: "ConfigError",
      message: /none\.csv/,
    });
  });
});
