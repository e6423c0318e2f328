// deno-lint-ignore-file camelcase -- the names are HumanEvalPack's
import assert from "node:assert/strict";
import { withFolder } from "../../support/folder.ts";
import { judgeRecords, recordsOf, refusalsOf } from "../../support/importing.ts";

const JS = {
  task_id: "JavaScript/900",
  prompt: "/* Doubles. */\nconst twice = (n) => {\n",
  declaration: "\nconst twice = (n) => {\n",
  canonical_solution: "  return n * 2\n}\n\n",
  buggy_solution: "  return n * 3\n}\n\n",
  entry_point: "Twice",
  docstring: "Doubles.",
  test: "const testTwice = () => {\n  console.assert(twice(2) === 4)\n}\n\ntestTwice()\n",
};
const PYTHON = {
  task_id: "Python/900",
  prompt: 'def twice(n: int) -> int:\n    """ Doubles. """\n',
  declaration: "def twice(n: int) -> int:\n",
  canonical_solution: "    return n * 2\n",
  buggy_solution: "    return n * 3\n",
  entry_point: "twice",
  docstring: "Doubles.",
  test: "\n\ndef check(twice):\n    assert twice(2) == 4\n\ncheck(twice)",
};

const jsonl = (...items: readonly object[]) =>
  items.map((item) => JSON.stringify(item)).join("\n") + "\n";

Deno.test("importHumanEvalPack() joins declaration and body; both languages hold", async () => {
  const uncalled = { ...PYTHON, task_id: "Python/901", test: PYTHON.test.replace(/check.*$/, "") };
  await withFolder({ "a.jsonl": jsonl(JS, PYTHON, uncalled) }, async (folder) => {
    const { accepted, rejected } = await judgeRecords(
      await recordsOf("humanevalpack", `${folder}/a.jsonl`),
    );
    assert.deepEqual(rejected, []);
    const [js, py] = accepted;
    assert.equal(js!.buggy, "const twice = (n) => {\n  return n * 3\n}\n");
    assert.equal(js!.taskId, py!.taskId);
    assert.equal(js!.task.entry, "twice");
    assert.deepEqual(accepted.map(({ id }) => id), [
      "humanevalpack-js-900/human",
      "humanevalpack-py-900/human",
      "humanevalpack-py-901/human",
    ]);
    assert(accepted.every(({ source, task }) => source === "human" && task.problem === "Doubles."));
  });
});

Deno.test("importHumanEvalPack() turns away other languages and incomplete lines", async () => {
  const { test: _, ...incomplete } = JS;
  const other = { ...JS, task_id: "Rust/3" };
  await withFolder({ "a.jsonl": jsonl(other, incomplete) }, async (folder) => {
    const refusals = refusalsOf(await recordsOf("humanevalpack", `${folder}/a.jsonl`));
    assert.equal(refusals[0], "a.jsonl:1 language: expected Python or JavaScript, found Rust");
    assert.match(refusals[1]!, /^a\.jsonl:2 malformed: field "test"/);
  });
});
