// deno-lint-ignore-file camelcase -- the names are DebugBench's
import assert from "node:assert/strict";
import { readExample } from "../../../src/tasks/importers/leetcode_examples.ts";
import { withFolder } from "../../support/folder.ts";
import { judgeRecords, recordsOf, refusalsOf } from "../../support/importing.ts";

const ITEM = {
  slug: "first-pair",
  question: "Give the first pair that sums to target.",
  examples: [
    "Input: nums = [2,7,11], target = 9\nOutput: [0,1]\nExplanation: 2 + 7 = 9.",
    "Input: nums = [3,3], target = 6\nOutput: [0,1]",
  ],
  constraints: "2 <= nums.length",
  language: "python3",
  level: "easy",
  buggy_code: `class Solution:
    def firstPair(self, nums: List[int], target: int) -> List[int]:
        for i, j in combinations(range(len(nums)), 2):
            if nums[i] - nums[j] == target:
                return (i, j)
        return []`,
  solution: `class Solution:
    def firstPair(self, nums: List[int], target: int) -> List[int]:
        for i, j in combinations(range(len(nums)), 2):
            if nums[i] + nums[j] == target:
                return (i, j)
        return []`,
};

Deno.test("importDebugBench() makes tests of the examples, which hold", async () => {
  const files = {
    "list.json": JSON.stringify([ITEM], null, 2),
    "lines.json": `${JSON.stringify(ITEM)}\n${JSON.stringify({ ...ITEM, slug: "again" })}\n`,
  };
  await withFolder(files, async (folder) => {
    const list = await recordsOf("debugbench", `${folder}/list.json`);
    const { accepted, rejected } = await judgeRecords(list);
    assert.deepEqual(rejected, []);
    assert.match(accepted[0]!.id, /^leetcode\/first-pair\/lm:gpt-4\/[0-9a-f]{8}$/);
    const lines = await recordsOf("debugbench", `${folder}/lines.json`);
    assert.deepEqual(lines.map(({ place }) => place), ["lines.json:1", "lines.json:2"]);
    assert.deepEqual(lines[0]!.outcome, list[0]!.outcome);
  });
});

Deno.test("importDebugBench() takes language and fields of a shard from its name", async () => {
  const { question, solution, language: _, ...rest } = ITEM;
  const text = JSON.stringify([{ ...rest, description: question, oracle_code: solution }]);
  const files = {
    "python3_operation error.json": text,
    "java_double.json": text,
    "list.json": JSON.stringify([ITEM]),
  };
  await withFolder(files, async (folder) => {
    const read = (name: string) => recordsOf("debugbench", `${folder}/${name}`);
    const [record] = await read("python3_operation error.json");
    assert.deepEqual(record!.outcome, (await read("list.json"))[0]!.outcome);
    assert.deepEqual(refusalsOf(await read("java_double.json")), [
      "java_double.json:1 language: expected Python, found java",
    ]);
  });
});

Deno.test("importDebugBench() turns away what has no tests or does not fit, by line", async () => {
  const items = [
    { ...ITEM, language: "cpp" },
    { ...ITEM, examples: [] },
    { ...ITEM, examples: ["Input: head = {drawing}\nOutput: [1]"] },
    { ...ITEM, solution: "def f(): pass" },
    { ...ITEM, buggy_code: 3 },
  ];
  const text = `[\n${items.map((item) => JSON.stringify(item)).join(",\n")},\n{"slug": "}]`;
  await withFolder({ "a.json": text }, async (folder) => {
    const refusals = refusalsOf(await recordsOf("debugbench", `${folder}/a.json`));
    assert.deepEqual(refusals.slice(0, 4), [
      "a.json:2 language: expected Python, found cpp",
      "a.json:3 no-tests: the examples are not plain values",
      "a.json:4 no-tests: the examples are not plain values",
      "a.json:5 no-tests: the solution is no class Solution",
    ]);
    assert.match(refusals[4]!, /^a\.json:6 malformed: field "buggy_code"/);
    assert.match(refusals[5]!, /^a\.json:7 malformed: .*JSON/);
  });
});

Deno.test("readExample() splits arguments at names outside of strings", () => {
  const text = 'Input: s = "a, b = 1", flags = [true,null], n = -2.5\nOutput: "x"\n';
  assert.deepEqual(readExample(text), { args: ["a, b = 1", [true, null], -2.5], expected: "x" });
  assert.deepEqual(readExample("Input: 3\nOutput: 4"), { args: [3], expected: 4 });
  assert.equal(readExample("Input: n = 3\nOutput: 1 or 2"), undefined);
  assert.equal(readExample("nothing"), undefined);
});
