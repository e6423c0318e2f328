import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/sandbox.ts";
import { judgeReply, microFormat } from "../../src/prompts/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { judge, type Task } from "../../src/tasks/mod.ts";
import { microTokenizer } from "../support/scripted_policy.ts";

const SOLUTION = "function f(n) {\n  return n < 0 ? -n : n;\n}";
const TASK: Task = {
  id: "t",
  origin: "test",
  license: "Apache-2.0",
  language: "js",
  entry: "f",
  problem: "Return the absolute value of n.",
  solution: SOLUTION,
  tests: { kind: "cases", cases: [{ args: [3], expected: 3 }, { args: [-3], expected: 3 }] },
  hiddenTests: { kind: "cases", cases: [{ args: [-4], expected: 4 }] },
};
const TOKENIZER = microTokenizer([SOLUTION]);
const FORMAT = microFormat(TOKENIZER);

/** What replies are worth, judged in the real sandbox. */
async function judgeAll(
  replies: readonly { tokens: number[]; finished: boolean }[],
  task: Task = TASK,
) {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({}), () => {});
  const context = {
    format: FORMAT,
    run: judge.bind(undefined, sandbox),
    wallMs: 500,
  };
  return await Promise.all(replies.map((reply) => judgeReply(context, task, reply)));
}

const reply = (code: string) => ({ tokens: FORMAT.replyWith(code), finished: true });

Deno.test("judgeReply() passes what passes visible and hidden tests, in canonical form", async () => {
  const [judged] = await judgeAll([reply(`// fixed\n${SOLUTION.replaceAll("\n", "\n\n")}`)]);
  assert.equal(judged!.passed, true);
  assert.equal(judged!.verdict!.kind, "passed");
  assert.ok(!judged!.code!.includes("//") && judged!.code!.includes("return n < 0 ? -n : n;"));
});

Deno.test("judgeReply() fails what passes the visible tests alone, and says that it passes them", async () => {
  const [judged] = await judgeAll([reply("function f(n) {\n  return 3;\n}")]);
  assert.equal(judged!.passed, false);
  assert.equal(judged!.verdict!.kind, "passed");
  const { hiddenTests: _, ...open } = TASK;
  const [without] = await judgeAll([reply("function f(n) {\n  return 3;\n}")], open);
  assert.equal(without!.passed, true);
});

Deno.test("judgeReply() gives wrong, endless and hostile replies a verdict", async () => {
  const judged = await judgeAll([
    reply("function f(n) {\n  return n;\n}"),
    reply("function f(n) {\n  for (;;);\n}"),
    reply("function g(n) {\n  return 3;\n}"),
    reply('function f(n) {\n  throw new Error("no");\n}'),
  ]);
  assert.deepEqual(judged.map(({ passed }) => passed), [false, false, false, false]);
  const kinds = judged.map(({ verdict }) => verdict!.kind);
  assert.equal(kinds[0], "failed");
  assert.equal(kinds[1], "timeout");
  assert.ok(kinds[2] !== "passed" && kinds[3] === "failed", kinds.join());
  assert.ok(judged.every(({ code }) => code !== undefined));
});

Deno.test("judgeReply() finds no code in a reply that is cut, empty or does not parse", async () => {
  const judged = await judgeAll([
    { tokens: FORMAT.replyWith(SOLUTION).slice(0, -1), finished: false },
    { tokens: FORMAT.replyWith(""), finished: true },
    reply("function f(n) {"),
    { tokens: [...TOKENIZER.encode("a"), TOKENIZER.id("<|code|>")], finished: true },
  ]);
  assert.deepEqual(judged, [1, 2, 3, 4].map(() => ({ passed: false })));
});
