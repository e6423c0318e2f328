import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { SandboxConfig } from "../../src/config/sandbox.ts";
import { SelfplayConfig } from "../../src/config/selfplay.ts";
import { microFormat } from "../../src/prompts/mod.ts";
import { Sandbox, type Verdict } from "../../src/sandbox/mod.ts";
import { emptyArchive } from "../../src/selfplay/mod.ts";
import { drawExtraBugs, rememberRepairs } from "../../src/selfplay/replay.ts";
import type { Game, PlayedBug, Repair, RepairGroup } from "../../src/selfplay/types.ts";
import { canonicalForm, runIn, type Task } from "../../src/tasks/mod.ts";
import { microTokenizer, ScriptedPolicy } from "../support/scripted_policy.ts";

const SOLUTION = canonicalForm("function f(a, b) { let s = a; s += b; return s; }");
const TASK: Task = {
  id: "t",
  origin: "test",
  license: "Apache-2.0",
  language: "js",
  entry: "f",
  problem: "Return the sum of a and b.",
  solution: SOLUTION,
  tests: { kind: "cases", cases: [{ args: [1, 2], expected: 3 }, { args: [0, 0], expected: 0 }] },
};

const BUGGY = SOLUTION.replace("+=", "-=");
const OTHER = SOLUTION.replace("+=", "*=");
const FAILED: Verdict = { kind: "failed", tests: [{ name: "f(1, 2)", ok: false, message: "" }] };

function bug(code: string, parts: Partial<PlayedBug> = {}): PlayedBug {
  return {
    task: TASK,
    code,
    verdict: FAILED,
    origin: "generated",
    source: "generated",
    order: 1,
    ...parts,
  };
}

function repair(code: string, passed: boolean): Repair {
  const completion = { tokens: [1], logprobs: [0], finished: true };
  const verdict: Verdict = passed ? { kind: "passed", tests: [] } : FAILED;
  return { completion, code, verdict, passed, changedLines: 1 };
}

function group(played: PlayedBug, ...repairs: Repair[]): RepairGroup {
  return { bug: played, prompt: [1], repairs };
}

Deno.test("rememberRepairs() keeps bugs that were sometimes solved, and one failed repair of each", () => {
  const archive = emptyArchive();
  const right = repair(SOLUTION, true);
  rememberRepairs(archive, [group(bug(BUGGY), right, repair(OTHER, false), repair(BUGGY, false))]);
  assert.deepEqual(archive.sometimesSolved, [{ taskId: "t", code: BUGGY, order: 1 }]);
  assert.deepEqual(archive.failedRepairs, [{ taskId: "t", code: OTHER, order: 2 }]);
});

Deno.test("rememberRepairs() lets go of what is solved and of what was played", () => {
  const archive = emptyArchive();
  archive.sometimesSolved = [{ taskId: "t", code: BUGGY, order: 1 }];
  archive.failedRepairs = [{ taskId: "t", code: OTHER, order: 2 }];
  rememberRepairs(archive, [
    group(bug(BUGGY, { origin: "replay" }), repair(SOLUTION, true), repair(SOLUTION, true)),
    group(bug(OTHER, { origin: "second-order", order: 2 }), repair(BUGGY, false)),
  ]);
  assert.deepEqual(archive.sometimesSolved, []);
  assert.deepEqual(archive.failedRepairs, []); // no bugs of third order
});

Deno.test("rememberRepairs() does not replay references, nor keep repairs that the gate would refuse", () => {
  const archive = emptyArchive();
  const reference = bug(BUGGY, { origin: "reference", source: "human" });
  const foreign = repair("function g() {\n  return 1;\n}", false);
  rememberRepairs(archive, [group(reference, repair(SOLUTION, true), foreign)]);
  assert.deepEqual(archive.sometimesSolved, []);
  assert.deepEqual(archive.failedRepairs, []);
});

Deno.test("drawExtraBugs() draws kept bugs that still fail, as shares of the new ones", async () => {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({}), () => {});
  const tokenizer = microTokenizer([SOLUTION]);
  const format = microFormat(tokenizer);
  const archive = emptyArchive();
  const kept = (code: string, order: number, taskId = "t") => ({ taskId, code, order });
  archive.sometimesSolved = [kept(BUGGY, 1), kept(SOLUTION, 1), kept(BUGGY, 1, "gone")];
  archive.failedRepairs = [kept(OTHER, 2)];
  const game: Game = {
    method: "asp",
    policy: new ScriptedPolicy(tokenizer, format, [TASK], { skill: 1, idle: 0 }),
    format,
    run: runIn(sandbox),
    programs: [TASK],
    references: [],
    archive,
    rng: rngStream(1),
  };
  const config = SelfplayConfig.parse({ replayShare: 0.5, secondOrderShare: 0.1 });
  const bugs = await drawExtraBugs(game, 10, config);
  assert.deepEqual(bugs.map(({ code, origin, order }) => [code, origin, order]), [
    [BUGGY, "replay", 1],
    [OTHER, "second-order", 2],
  ]);
  assert.equal(bugs[0]!.verdict.kind, "failed");
  assert.deepEqual(await drawExtraBugs(game, 0, config), []);
});
