import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import { type CasesJob, Sandbox, type Verdict } from "../../src/sandbox/mod.ts";

const CASES = [{ args: [1, 2], expected: 3 }, { args: [2, 2], expected: 4 }];

async function withSandbox(
  use: (sandbox: Sandbox) => Promise<void>,
  config: Partial<SandboxConfig> = {},
): Promise<void> {
  await using sandbox = await Sandbox.open({ ...SandboxConfig.parse({}), ...config }, () => {});
  await use(sandbox);
}

function job(source: string, extra: Partial<CasesJob> = {}): CasesJob {
  return { source, language: "js", entry: "add", cases: CASES, ...extra };
}

Deno.test("runCases() passes a right program and names the failing case of a wrong one", async () => {
  await withSandbox(async (sandbox) => {
    const right = await sandbox.runCases(job("const add = (a, b) => a + b;"));
    assert.equal(right.kind, "passed");
    const wrong = await sandbox.runCases(job("function add(a, b) { return a * b; }"));
    assert.deepEqual(wrong, {
      kind: "failed",
      tests: [
        { name: "add(1, 2)", ok: false, message: "expected 3, received 2" },
        { name: "add(2, 2)", ok: true, message: "" },
      ],
    });
  });
});

Deno.test("runCases() stops at the first failure when asked", async () => {
  await withSandbox(async (sandbox) => {
    const source = "function add(a, b) { return a * b; }";
    const verdict = await sandbox.runCases(job(source, { stopAtFirstFailure: true }));
    assert.equal(verdict.kind, "failed");
    assert.equal("tests" in verdict && verdict.tests?.length, 1);
  });
});

Deno.test("runCases() names what was thrown and the line inside the program", async () => {
  await withSandbox(async (sandbox) => {
    const source = "function add(a) { return get(a); }\nfunction get(x) { return x.y.z; }";
    const verdict = await sandbox.runCases(job(source, { stopAtFirstFailure: true }));
    assert.ok(verdict.kind === "failed");
    assert.match(
      verdict.tests[0]!.message,
      /^expected 3, threw TypeError: Cannot read .* \(line 2\)$/,
    );
  });
});

Deno.test("runCases() gives each way to go wrong its verdict", async () => {
  const expected: [Verdict["kind"], string][] = [
    ["timeout", "function add() { for (;;); }"],
    [
      "out-of-memory",
      "function add() { const x = []; for (;;) x.push(new Array(1000).fill(1.5)); }",
    ],
    ["crashed", "throw new TypeError('at once');"],
    ["crashed", "function add() { Deno.exit(0); }"],
    ["rejected", "function subtract() {}"],
    ["rejected", "function add(a, b) { retur a + b; }"],
    ["failed", "async function add(a, b) { throw a + b; }"],
    ["passed", "async function add(a, b) { await null; return a + b; }"],
  ];
  await withSandbox(async (sandbox) => {
    for (const [kind, source] of expected) {
      const limits = kind === "timeout" ? { wallMs: 500 } : {};
      assert.equal((await sandbox.runCases(job(source, { limits }))).kind, kind, source);
    }
  }, { wallMs: 20_000 });
});

Deno.test("runCases() runs TypeScript and places its syntax errors", async () => {
  const source = `enum Scale { One = 1 }
class Adder {
  constructor(private readonly a: number) {}
  plus(b: number): number { return (this.a + b) * Scale.One; }
}
export const add = <T extends number>(a: T, b: number) => new Adder(a).plus(b);`;
  await withSandbox(async (sandbox) => {
    assert.equal((await sandbox.runCases(job(source, { language: "ts" }))).kind, "passed");
    const broken = await sandbox.runCases(job("let x = 1;\nlet y: = 2;", { language: "ts" }));
    assert.ok(broken.kind === "rejected");
    assert.deepEqual([broken.line, broken.column], [2, 8]);
  });
});

Deno.test("runCases() remembers verdicts", async () => {
  await withSandbox(async (sandbox) => {
    const program = job("const add = (a, b) => a + b;");
    const first = await sandbox.runCases(program);
    assert.equal(await sandbox.runCases(program), first);
    assert.deepEqual(sandbox.cacheStatistics, { hits: 1, misses: 1 });
  });
});

Deno.test("runCases() judges many programs at once, each on its own", async () => {
  await withSandbox(async (sandbox) => {
    const verdicts = await Promise.all(Array.from({ length: 12 }, (_, index) => {
      const source = index % 2 === 0
        ? `globalThis.seen = ${index}; const add = (a, b) => a + b;`
        : `const add = (a, b) => globalThis.seen === undefined ? a - b : a + b; // ${index}`;
      return sandbox.runCases(job(source));
    }));
    assert.deepEqual(verdicts.map((verdict) => verdict.kind), [
      ...Array.from({ length: 12 }, (_, index) => index % 2 === 0 ? "passed" : "failed"),
    ]);
  });
});

Deno.test("runCases() reads programs that assign to module.exports", async () => {
  await withSandbox(async (sandbox) => {
    for (
      const source of [
        "module.exports = { add: (a, b) => a + b };",
        "exports.add = function (a, b) { return a + b; };",
        "module.exports = function add(a, b) { return a + b; };",
        "const { format } = require('util'); function add(a, b) { return Number(format('%d', a + b)); } module.exports = add;",
      ]
    ) {
      assert.equal((await sandbox.runCases(job(source))).kind, "passed", source);
    }
  });
});

Deno.test("runCases() rejects a program whose verdict changes from run to run", async () => {
  await withSandbox(async (sandbox) => {
    const source = "const add = (a, b) => Math.random() < 1e-9 ? 0 : a + b;";
    assert.equal((await sandbox.runCases(job(source, { runs: 2 }))).kind, "passed");
    const cases = Array.from({ length: 40 }, () => ({ args: [0], expected: true }));
    const coin = job("const add = () => Math.random() < 0.5;", { cases, runs: 2 });
    const verdict = await sandbox.runCases(coin);
    assert.ok(verdict.kind === "rejected");
    assert.match(verdict.reason, /^flaky/);
  });
});

Deno.test("open() says what is missing and works without any of it", async () => {
  const said: string[] = [];
  await using sandbox = await Sandbox.open(SandboxConfig.parse({}), (line) => said.push(line));
  assert.deepEqual(said, sandbox.isolation.missing);
  assert.equal(said.length + sandbox.isolation.layers.length, 4);
});

Deno.test("runCases() gives a program the memory that its job asks for", async () => {
  await withSandbox(async (sandbox) => {
    const source = "const add = (a, b) => new Array(2e7).fill(0.5).length > 0 ? a + b : 0;";
    const small = await sandbox.runCases(job(source));
    assert.equal(small.kind, "out-of-memory");
    const large = await sandbox.runCases(job(source, { limits: { memoryMb: 256 } }));
    assert.equal(large.kind, "passed");
  }, { wallMs: 20_000 });
});

Deno.test("disposing ends programs that still run", async () => {
  const sandbox = await Sandbox.open(SandboxConfig.parse({ wallMs: 60_000 }), () => {});
  const verdict = sandbox.runCases(job("function add() { for (;;); }"));
  await new Promise((resolve) => setTimeout(resolve, 500));
  await sandbox[Symbol.asyncDispose]();
  assert.equal((await verdict).kind, "crashed");
});
