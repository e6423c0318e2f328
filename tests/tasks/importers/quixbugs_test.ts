import assert from "node:assert/strict";
import { isRefusal } from "../../../src/tasks/mod.ts";
import { withFolder } from "../../support/folder.ts";
import { judgeRecords, recordsOf, refusalsOf } from "../../support/importing.ts";

const FILES = {
  "python_programs/twice.py":
    'def twice(xs, n):\n    return [x * 3 for x in xs]\n\n\n"""\nTwice\n\nDoubles each item.\n"""\n',
  "correct_python_programs/twice.py": "def twice(xs, n):\n    return [x * 2 for x in xs]\n",
  "json_testcases/twice.json": "[[[1, 2], 0], [2, 4]]\n[[[], 0], []]\n\n",
  "python_programs/only.py": "def only(n):\n    return n + 1\n",
  "correct_python_programs/only.py": "def only(n):\n    return n\n",
  "json_testcases/only.json": "[7, 7]\n",
  "python_programs/second.py": "def second(node):\n    return node\n",
  "correct_python_programs/second.py": "def second(node):\n    return node.successor\n",
  "python_testcases/test_second.py": `import pytest
from node import Node

if pytest.use_correct:
    from correct_python_programs.second import second
else:
    from python_programs.second import second


def test1():
    """Case 1"""
    last = Node("2")
    assert second(Node("1", last)) is last


def test2():
    assert second(Node("1")) is None
`,
  "python_programs/root.py": "def root(x, epsilon):\n    return 0\n",
  "correct_python_programs/root.py": "def root(x, epsilon):\n    return x ** 0.5\n",
  "json_testcases/root.json": "[[4, 0.1], 2.05]\n",
  "python_testcases/test_root.py":
    "def test_root(input_data, expected):\n    assert root(*input_data) == pytest.approx(expected, abs=input_data[-1])\n",
  "python_programs/node.py":
    "class Node:\n    def __init__(self, value=None, successor=None):\n        self.value = value\n        self.successor = successor\n",
  "python_programs/second_test.py": "assert False\n",
};

Deno.test("importQuixBugs() reads cases and test functions, which hold", async () => {
  await withFolder(FILES, async (folder) => {
    const records = await recordsOf("quixbugs", folder);
    assert.deepEqual(records.map(({ place }) => place), [
      "only.py",
      "root.py",
      "second.py",
      "twice.py",
    ]);
    const { accepted, rejected } = await judgeRecords(records);
    assert.deepEqual(rejected, []);
    const twice = accepted[3]!;
    assert.equal(twice.id, "quixbugs/twice/human");
    assert.equal(twice.buggy, "def twice(xs, n):\n    return [x * 3 for x in xs]\n");
    assert.equal(twice.task.problem, "Twice\n\nDoubles each item.");
    assert.deepEqual(accepted.map(({ task }) => task.tests.kind), [
      "cases",
      "program",
      "program",
      "cases",
    ]);
  });
});

Deno.test("importQuixBugs() says which file is missing or which line is no case", async () => {
  const { "correct_python_programs/only.py": _, ...rest } = FILES;
  const files = { ...rest, "json_testcases/twice.json": "[[[1], 0], [2]]\n[[1]]\n" };
  await withFolder(files, async (folder) => {
    const records = await recordsOf("quixbugs", folder);
    assert.deepEqual(refusalsOf(records), [
      'only.py malformed: field "fixed": expected a correct program',
      "twice.py malformed: json_testcases/twice.json:2: no case",
    ]);
    assert(!isRefusal(records[1]!.outcome));
  });
});

Deno.test("importQuixBugs() refuses a folder that is no checkout", async () => {
  await withFolder({ "a.txt": "" }, async (folder) => {
    await assert.rejects(recordsOf("quixbugs", folder), {
      name: "ConfigError",
      message: /^Cannot read .*: expected a checkout of QuixBugs/,
    });
  });
});
