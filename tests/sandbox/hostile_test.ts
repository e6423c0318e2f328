import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import { judgeCases } from "../../src/sandbox/cases.ts";
import type { Child } from "../../src/sandbox/child.ts";
import { childProgram } from "../../src/sandbox/child_program.ts";
import { findIsolation } from "../../src/sandbox/isolation.ts";
import { type CasesJob, Sandbox, type Verdict } from "../../src/sandbox/mod.ts";
import { ENDLESS } from "./hostile/endless.ts";
import { FORGING, SUITE_FORGING } from "./hostile/forging.ts";
import { GREEDY } from "./hostile/greedy.ts";
import { PRYING } from "./hostile/prying.ts";
import { judgeAll } from "./hostile/judge_all.ts";
import type { Hostile } from "./hostile/types.ts";

const LIMITS = { wallMs: 500, memoryMb: 64, outputBytes: 2 ** 20 };
const CASES = [{ args: [1, 2], expected: 3 }, { args: [20, 22], expected: 42 }];

function job({ source, language = "js" }: Hostile): CasesJob {
  return { source, language, entry: "add", cases: CASES };
}

/** No verdict may be a pass; gives how often each kind came. */
async function assertNonePasses(programs: readonly Hostile[]): Promise<Map<string, Verdict>> {
  const isolation = await findIsolation({ memoryMb: LIMITS.memoryMb, cpuSeconds: 10 });
  const spec = { isolation, program: childProgram("candidate"), memoryMb: LIMITS.memoryMb };
  const judge = (child: Child, item: Hostile) => judgeCases(child, job(item), LIMITS);
  const { verdicts, late } = await judgeAll(programs, { spec, judge, wallMs: LIMITS.wallMs });
  assert.deepEqual(late, [], "programs that were judged too late");
  const forged = [...verdicts].filter(([, verdict]) => verdict.kind === "passed").map(([name]) =>
    name
  );
  assert.deepEqual(forged, []);
  assert.equal(verdicts.size, programs.length);
  return verdicts;
}

Deno.test("the hostile corpus has at least 80 programs, each with a name of its own", () => {
  const names = [...ENDLESS, ...GREEDY, ...FORGING, ...PRYING].map((program) => program.name);
  assert.ok(names.length >= 80, `${names.length}`);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("endless programs are stopped at the deadline", async () => {
  const verdicts = await assertNonePasses(ENDLESS);
  for (
    const name of ["loop_sync", "loop_call", "microtask", "regex", "wasmloop", "sqlite", "pbkdf2"]
  ) {
    assert.equal(verdicts.get(name)?.kind, "timeout", name);
  }
});

Deno.test("greedy programs are stopped at their limits", async () => {
  await assertNonePasses(GREEDY);
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ wallMs: 10_000 }), () => {});
  for (const item of GREEDY.slice(0, 2)) {
    assert.equal((await sandbox.runCases(job(item))).kind, "out-of-memory", item.name);
  }
});

Deno.test("no program forges a verdict", async () => {
  const verdicts = await assertNonePasses(FORGING);
  assert.equal(verdicts.get("negzero")?.kind, "failed");
  assert.equal(verdicts.get("boxed")?.kind, "failed");
});

Deno.test("no program forges the verdict of a test suite", async () => {
  const tests = `
describe("add", () => {
  it("adds", () => expect(add(1, 2)).toBe(3));
  it("adds more", () => assert.deepEqual([add(20, 22)], [42]));
  it("calls back", () => {
    const seen = vi.fn();
    add(1, 2, seen);
    expect(seen).toHaveBeenCalledTimes(7);
    expect(seen).toHaveBeenCalledWith("told", 3);
  });
});`;
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ wallMs: 5000 }), () => {});
  const forged: string[] = [];
  await Promise.all([...FORGING, ...SUITE_FORGING].map(async ({ name, source }) => {
    const program = { source, language: "js", entry: "add", tests, kind: "suite" } as const;
    if ((await sandbox.runProgram(program)).kind === "passed") forged.push(name);
  }));
  assert.deepEqual(forged, []);
});

Deno.test("programs reach neither files nor the network nor the machine", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.chmod(folder, 0o777);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  let connections = 0;
  const listening = (async () => {
    for await (const connection of listener) {
      connections++;
      connection.close();
    }
  })();
  const programs = PRYING.map((program) => ({
    ...program,
    source: program.source.replaceAll("PORT", String(port)).replaceAll("FOLDER", folder),
  }));
  await assertNonePasses(programs);
  assert.equal(connections, 0);
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  listener.close();
  await listening;
  await Deno.remove(folder, { recursive: true });
});

/** Processes started by this one that still run. */
async function leftProcesses(): Promise<string[]> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", "cat /proc/[0-9]*/stat"],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => {
    const [, command, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(line) ?? [];
    return Number(parent) === Deno.pid && command !== "sh";
  });
}

Deno.test("honest programs keep their verdicts among hostile ones, and no process stays", async () => {
  const hostile = [...ENDLESS.slice(0, 4), ...GREEDY.slice(0, 4), ...FORGING.slice(0, 4)];
  {
    await using sandbox = await Sandbox.open(SandboxConfig.parse({ wallMs: 5000 }), () => {});
    const honest = Array.from(
      { length: 48 },
      (_, index) =>
        sandbox.runCases(job({ name: "", source: `const add = (a, b) => a + b; // ${index}` })),
    );
    const others = hostile.map((program) => sandbox.runCases({ ...job(program), limits: LIMITS }));
    for (const verdict of await Promise.all(honest)) assert.equal(verdict.kind, "passed");
    for (const verdict of await Promise.all(others)) assert.notEqual(verdict.kind, "passed");
  }
  if (Deno.build.os === "linux") assert.deepEqual(await leftProcesses(), []);
});
