import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import type { Child } from "../../src/sandbox/child.ts";
import { findIsolation } from "../../src/sandbox/isolation.ts";
import { type ProgramJob, Sandbox, type Verdict } from "../../src/sandbox/mod.ts";
import { pythonSpec } from "../../src/sandbox/python.ts";
import { judgePythonCases } from "../../src/sandbox/python_jobs.ts";
import { judgeAll } from "./hostile/judge_all.ts";
import { PYTHON } from "./hostile/python.ts";
import type { Hostile } from "./hostile/types.ts";

const CONFIG = SandboxConfig.parse({ wallMs: 20_000, children: 1 });
const LIMITS = { wallMs: 1500, memoryMb: 64, outputBytes: 2 ** 20 };
const CASES = [{ args: [1, 2], expected: 3 }, { args: [20, 22], expected: 42 }];

/** The interpreter comes from the npm registry at first use; without it these tests have nothing to run. */
async function startPython() {
  try {
    const isolation = await findIsolation({ memoryMb: 64, cpuSeconds: 60 });
    return await pythonSpec(isolation, CONFIG.pythonCache, CONFIG.memoryMb);
  } catch (error) {
    const text = `Python is not tested: ${(error as Error).message}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(text));
    return undefined;
  }
}

const spec = await startPython();

type Run = (source: string, tests: string, extra?: Partial<ProgramJob>) => Promise<Verdict>;
type Step = (sandbox: Sandbox, run: Run) => Promise<void>;
const steps: [name: string, step: Step][] = [];

/** A test; all of them share one sandbox, because an interpreter takes long to start. */
function pythonTest(name: string, step: Step): void {
  steps.push([name, step]);
}

Deno.test({
  name: "the sandbox judges Python",
  ignore: spec === undefined,
  fn: async (t) => {
    await using sandbox = await Sandbox.open(CONFIG, () => {});
    const run: Run = (source, tests, extra = {}) =>
      sandbox.runProgram({ source, language: "py", tests, kind: "suite", ...extra });
    for (const [name, step] of steps) await t.step(name, () => step(sandbox, run));
  },
});

pythonTest("runCases() judges Python by call cases", async (sandbox) => {
  const judge = (source: string) =>
    sandbox.runCases({ source, language: "py", entry: "add", cases: CASES });
  assert.equal((await judge("def add(a, b):\n    return a + b")).kind, "passed");
  const failed = await judge("def add(a, b):\n    return get(a)\ndef get(x):\n    return x.y");
  assert.ok(failed.kind === "failed");
  const message = "expected 3, threw AttributeError: 'int' object has no attribute 'y' (line 4)";
  assert.equal(failed.tests[0]!.message, message);
  assert.deepEqual(await judge("def add(a, b):\n    return a +* b"), {
    kind: "rejected",
    reason: "invalid syntax",
    line: 2,
    column: 15,
  });
  assert.deepEqual(await judge("import pandas\ndef add(a, b): pass"), {
    kind: "unsupported",
    reason: "needs pandas",
  });
});

pythonTest("runProgram() runs unittest suites in a process of their own", async (_sandbox, run) => {
  const source = `
class Stack:
    def __init__(self): self.items = []
    def push(self, item):
        self.items.append(item)
        return self
    def __len__(self): return len(self.items)
class Missing(ValueError): pass
def find(table, key):
    if key not in table: raise Missing(key)
    return table[key]
def count():
    yield from (1, 2)
def sort(items):
    items.sort()
    return items
def apply(f, x): return f(x)
`;
  const tests = `
import unittest
class TestAll(unittest.TestCase):
    def test_class(self):
        stack = Stack()
        self.assertEqual(len(stack.push(1).push(2)), 2)
        self.assertEqual(stack.items, [1, 2])
        self.assertIsInstance(stack, Stack)
    def test_errors(self):
        self.assertEqual(find({"a": 1}, "a"), 1)
        with self.assertRaises(Missing): find({}, "b")
        with self.assertRaises(ValueError): find({}, "b")
    def test_generator(self): self.assertEqual(list(count()), [1, 2])
    def test_mutation(self):
        items = [3, 1, 2]
        self.assertIs(sort(items), items)
        self.assertEqual(items, [1, 2, 3])
    def test_callback(self): self.assertEqual(apply(lambda x: x + 1, 4), 5)
    def test_wrong(self): self.assertEqual(sort([2, 1]), [2, 1])
`;
  const verdict = await run(source, tests);
  assert.ok(verdict.kind === "failed", JSON.stringify(verdict));
  const failed = verdict.tests.filter((test) => !test.ok);
  assert.equal(verdict.tests.length, 6);
  assert.deepEqual(failed.map((test) => test.name), ["TestAll.test_wrong"]);
  assert.match(failed[0]!.message, /^Lists differ: \[1, 2\] != \[2, 1\]/);
});

pythonTest("runProgram() runs Python programs that assert", async (_sandbox, run) => {
  const program = { kind: "program", entry: "add" } as const;
  const tests = "def check(candidate):\n    assert candidate(1, 2) == 3, 'sum'\ncheck(add)";
  assert.equal((await run("def add(a, b): return a + b", tests, program)).kind, "passed");
  assert.deepEqual(await run("def add(a, b): return a - b", tests, program), {
    kind: "failed",
    tests: [{ name: "program", ok: false, message: "AssertionError: sum" }],
  });
});

pythonTest("a Python candidate cannot reach into the tests", async (_sandbox, run) => {
  const source = `
import builtins
def add(a, b, seen=None):
    if seen is not None:
        for name in ("__globals__", "__code__", "__self__", "gi_frame", "_items"):
            try: getattr(seen, name)
            except AttributeError: continue
            return 3
        try: seen.__class__.__call__ = lambda *a: 3
        except Exception: pass
    class Any:
        def __eq__(self, other): return True
    return Any() if seen is None else 4
`;
  const tests = `
import unittest
class T(unittest.TestCase):
    def test_sum(self): self.assertEqual(type(add(1, 2)), int)
    def test_reach(self): self.assertEqual(add(1, 2, lambda: 1), 3)
`;
  const verdict = await run(source, tests);
  assert.ok(verdict.kind === "failed");
  assert.deepEqual(verdict.tests.map((test) => test.ok), [false, false]);
});

pythonTest("no hostile Python program passes or outlives its deadline", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  const programs = PYTHON.map((item) => ({
    ...item,
    source: item.source.replaceAll("FOLDER", folder),
  }));
  const judge = (child: Child, { source }: Hostile) =>
    judgePythonCases(child, { source, language: "py", entry: "add", cases: CASES }, LIMITS);
  const { verdicts, late } = await judgeAll(programs, {
    spec: spec!,
    judge,
    wallMs: LIMITS.wallMs,
  });
  const forged = [...verdicts].filter(([, { kind }]) => kind === "passed").map(([name]) => name);
  assert.deepEqual({ forged, late }, { forged: [], late: [] });
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});
