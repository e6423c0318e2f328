import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/sandbox.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import {
  bugHash,
  checkStatic,
  type GateContext,
  importsOf,
  newlyForbidden,
  Rejection,
  rejectionOf,
  signatureOf,
  validateBug,
} from "../../src/tasks/gate/mod.ts";
import { canonicalForm } from "../../src/tasks/canonical.ts";
import { runIn } from "../../src/tasks/judge.ts";
import type { Task } from "../../src/tasks/types.ts";

const SOLUTION = `function clampSum(xs, top) {
  let sum = 0;
  for (const x of xs) {
    sum += Math.min(x, top);
  }
  return sum;
}`;

const TASK: Task = {
  id: "clamp-sum",
  origin: "test",
  license: "Apache-2.0",
  language: "js",
  entry: "clampSum",
  problem: "Sum the numbers, each at most top.",
  solution: SOLUTION,
  tests: {
    kind: "cases",
    cases: [
      { args: [[1, 2, 3], 2], expected: 5 },
      { args: [[], 2], expected: 0 },
      { args: [[9], 10], expected: 9 },
    ],
  },
};

const edit = (from: string, to: string): string => {
  assert.ok(SOLUTION.includes(from));
  return SOLUTION.replace(from, to);
};

const STATIC: readonly [reason: Rejection, source: string][] = [
  [Rejection.SYNTAX, "function clampSum(xs, top) { return"],
  [
    Rejection.SYNTAX,
    `function clampSum(xs, top) { return ${"(".repeat(1e5)}xs${")".repeat(1e5)}; }`,
  ],
  [Rejection.NO_CODE, "// nothing but a remark"],
  [Rejection.UNCHANGED, `// the same\n${SOLUTION.replaceAll("  ", "\t")}`],
  [Rejection.SIGNATURE, edit("(xs, top)", "(xs, top, more)")],
  [Rejection.SIGNATURE, edit("clampSum", "clampSums")],
  [Rejection.SIGNATURE, `async ${SOLUTION}`],
  [Rejection.IMPORTS, `import fs from "node:fs";\n${SOLUTION}`],
  [Rejection.TOO_LARGE, edit("let sum = 0;", Array(13).fill("top += 1;").join("\n"))],
  [Rejection.FORBIDDEN, edit("let sum = 0", "let sum = Math.random()")],
  [Rejection.FORBIDDEN, edit("let sum = 0", "let sum = Math['random']()")],
  [Rejection.FORBIDDEN, edit("let sum = 0", "let sum = Date.now() % 2")],
  [Rejection.FORBIDDEN, edit("return sum", "Math.min = 0; return sum")],
  [Rejection.FORBIDDEN, edit("return sum", "Deno.exit(0)")],
  [Rejection.FORBIDDEN, edit("return sum", "return xs.constructor")],
  [Rejection.FORBIDDEN, edit("return sum", 'return import("node:fs")')],
];

for (const [reason, source] of STATIC) {
  const line = source.split("\n").find((text) => !SOLUTION.includes(text)) ?? "layout";
  Deno.test(`checkStatic() rejects as ${reason}: ${line.slice(0, 60)}`, () => {
    assert.deepEqual(checkStatic(source, TASK), { ok: false, reason });
  });
}

Deno.test("checkStatic() gives the canonical form and the lines changed", () => {
  const outcome = checkStatic(`/* oops */ ${edit("sum = 0", "sum = 1")} // end`, TASK);
  assert.ok(outcome.ok);
  assert.equal(outcome.code, canonicalForm(edit("sum = 0", "sum = 1"), "js"));
  assert.equal(outcome.edit.changedLines, 1);
});

Deno.test("newlyForbidden() allows what the solution uses", () => {
  assert.deepEqual(newlyForbidden("f(Date.now())", "g(Date.now())", "js"), []);
  assert.deepEqual(newlyForbidden("f(Date.now(), eval)", "g(Date.now())", "js"), ["eval"]);
  assert.deepEqual(newlyForbidden("f({ test: 1 }, x.test)", "g()", "js"), []);
  assert.deepEqual(newlyForbidden("import random\n'os'", "x = 1", "py"), ["random"]);
});

Deno.test("signatureOf() reads functions, arrows, classes and Python", () => {
  assert.equal(signatureOf("const f = async (a, b = 2) => a;", "f", "js"), "async (a, b = 2)");
  assert.equal(signatureOf("export function* f(a) {}", "f", "js"), "*(a)");
  assert.equal(signatureOf("const f = make(1);", "f", "js"), "value");
  assert.equal(signatureOf("function g() {}", "f", "js"), undefined);
  assert.equal(
    signatureOf("class A extends B { m(x) {} static n() {} }", "A", "js"),
    "class B {method m(x); static method n()}",
  );
  assert.equal(signatureOf("x = 1\ndef f(a,  b):\n  pass", "f", "py"), "deff(a,b):");
});

Deno.test("importsOf() lists imports and require calls", () => {
  assert.deepEqual(importsOf('const a = require("x");\nrequire("b");', "js"), [
    'require("b")',
    'require("x")',
  ]);
});

const EXECUTED: readonly [reason: Rejection | "valid", source: string][] = [
  ["valid", edit("sum = 0", "sum = 1")],
  ["valid", edit("xs) {", "xs.first) {")], // throws inside the tested call
  [Rejection.PASSES, edit("sum += Math.min(x, top)", "sum = sum + Math.min(top, x)")],
  [Rejection.LOAD_ERROR, `${edit("sum = 0", "sum = 1")}\nnothingHere();`],
  [Rejection.ENDLESS, edit("let sum = 0;", "let sum = 0; while (xs.length > 2) {}")],
  [Rejection.ENDLESS, edit("let sum = 0;", "let sum = []; while (xs.length > 2) sum.push(xs);")],
  ["valid", edit("let sum = 0;", "let sum = 1; while (xs.length === 1) {}")],
  ["valid", edit("let sum = 0;", "let sum = [1]; while (xs.length === 1) sum.push(xs);")],
];

Deno.test("validateBug() runs candidates in the sandbox", async (t) => {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({}), () => {});
  const run: GateContext["run"] = ({ code, language, entry }, tests, { limits }) => {
    assert.equal(tests.kind, "cases");
    return sandbox.runCases({ source: code, language, entry, cases: tests.cases, limits });
  };
  const context: GateContext = { run, seen: () => undefined, wallMs: 700 };
  for (const [expected, source] of EXECUTED) {
    await t.step(
      `${expected}: ${source.split("\n").find((line) => !SOLUTION.includes(line))}`,
      async () => {
        const outcome = await validateBug(source, TASK, context);
        assert.equal(outcome.ok ? "valid" : outcome.reason, expected);
      },
    );
  }
  await t.step("archived and reference bugs are turned away last", async () => {
    const source = edit("sum = 0", "sum = 1");
    const hash = bugHash(TASK.id, canonicalForm(source, "js"));
    for (
      const [where, reason] of [["archive", Rejection.ARCHIVED], [
        "reference",
        Rejection.REFERENCE,
      ]] as const
    ) {
      const outcome = await validateBug(source, TASK, {
        ...context,
        seen: (found) => found === hash ? where : undefined,
      });
      assert.deepEqual(outcome, { ok: false, reason });
    }
  });
});

Deno.test("validateBug() confirms a plain bug without a second process, and asks one where they differ", async () => {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }), () => {});
  const screened: boolean[] = [];
  const outcome = await validateBug(edit("sum = 0", "sum = 1"), TASK, {
    run: async (program, tests, options) => {
      const verdict = await runIn(sandbox)(program, tests, options);
      screened.push(options.screened ?? false);
      const isFirst = screened.length === 1;
      return isFirst && verdict.kind === "failed" ? { ...verdict, tests: [] } : verdict;
    },
    seen: () => undefined,
    wallMs: 10_000,
  });
  assert.deepEqual(outcome, { ok: false, reason: Rejection.FLAKY });
  assert.deepEqual(screened, [false, true, false]);
  const { asked, failed } = sandbox.screenStatistics;
  assert.deepEqual({ asked, failed }, { asked: 1, failed: 1 });
});

Deno.test("validateBug() rejects a bug that fails other tests on the second run", async () => {
  let runs = 0;
  const outcome = await validateBug(edit("sum = 0", "sum = 1"), TASK, {
    run: () => {
      const tests = [runs, 1 - runs].map((bit) => ({ name: "t", ok: bit === 1, message: "" }));
      runs++;
      return Promise.resolve({ kind: "failed" as const, tests });
    },
    seen: () => undefined,
    wallMs: 100,
  });
  assert.deepEqual(outcome, { ok: false, reason: Rejection.FLAKY });
});

Deno.test("rejectionOf() maps every verdict", () => {
  assert.equal(rejectionOf({ kind: "out-of-memory" }), Rejection.ENDLESS);
  assert.equal(rejectionOf({ kind: "timeout", tests: [] }), Rejection.ENDLESS);
  assert.equal(rejectionOf({ kind: "unsupported", reason: "" }), Rejection.UNSUPPORTED);
  assert.equal(rejectionOf({ kind: "crashed", message: "" }), Rejection.LOAD_ERROR);
  assert.equal(rejectionOf({ kind: "crashed", message: "", tests: [] }), Rejection.CRASH);
  assert.equal(rejectionOf({ kind: "rejected", reason: "" }), Rejection.LOAD_ERROR);
});
