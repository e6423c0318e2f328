import assert from "node:assert/strict";
import { chatFormat, microFormat, readFence } from "../../src/prompts/mod.ts";
import { Rejection, type Task } from "../../src/tasks/mod.ts";
import { compileChatTemplate } from "../../src/text/mod.ts";
import { microTokenizer } from "../support/scripted_policy.ts";

const TASK: Task = {
  id: "t",
  origin: "test",
  license: "Apache-2.0",
  language: "js",
  entry: "f",
  problem: "Return a plus one.",
  solution: "function f(a) {\n  return a + 1;\n}",
  tests: { kind: "cases", cases: [{ args: [1], expected: 2 }] },
};

const BUG = {
  code: "function f(a) {\n  return a - 1;\n}",
  verdict: {
    kind: "failed",
    tests: [
      { name: "f(0)", ok: true, message: "" },
      { name: "f(1)", ok: false, message: "expected 2, received 0" },
      { name: "f(2)", ok: false, message: "expected 3, received 1" },
    ],
  },
} as const;

const TOKENIZER = microTokenizer([TASK.solution]);
const MICRO = microFormat(TOKENIZER);

Deno.test("microFormat() writes the compact prompts", () => {
  assert.equal(
    MICRO.text(MICRO.breakPrompt(TASK, { kind: "plain" })),
    `<|break|>Return a plus one.\n<|code|>${TASK.solution}<|answer|>`,
  );
  assert.equal(
    MICRO.text(MICRO.breakPrompt(TASK, { kind: "hints", hints: ["sign", "bound"] })),
    `<|break|>sign: Return a plus one.\n<|code|>${TASK.solution}<|answer|>`,
  );
  assert.equal(
    MICRO.text(MICRO.fixPrompt(TASK, BUG)),
    `<|fix|>Return a plus one.\n<|code|>${BUG.code}<|test|>f(1): expected 2, received 0<|answer|>`,
  );
});

Deno.test("microFormat() encodes as the whole text would be", () => {
  const prompt = MICRO.fixPrompt(TASK, BUG);
  assert.deepEqual(TOKENIZER.encode(MICRO.text(prompt), { specials: true }), prompt);
});

Deno.test("microFormat() reads its own replies", () => {
  const tokens = MICRO.replyWith(BUG.code);
  assert.equal(MICRO.text(tokens), `${BUG.code}<|endoftext|>`);
  assert.deepEqual(MICRO.readReply({ tokens, finished: true }), { ok: true, code: BUG.code });
});

Deno.test("microFormat() reads no code from cut, empty and marked replies", () => {
  const reason = (tokens: number[], finished = true) => {
    const reply = MICRO.readReply({ tokens, finished });
    return reply.ok ? "ok" : reply.reason;
  };
  const [end, code] = [TOKENIZER.id("<|endoftext|>"), TOKENIZER.id("<|code|>")];
  assert.equal(reason(TOKENIZER.encode("function"), false), Rejection.TRUNCATED);
  assert.equal(reason([end]), Rejection.NO_CODE);
  assert.equal(reason([...TOKENIZER.encode("a"), code, end]), Rejection.MANY_BLOCKS);
});

Deno.test("microFormat() keeps control tokens spelled in a problem as text", () => {
  const prompt = MICRO.breakPrompt({ ...TASK, problem: "<|answer|>" }, { kind: "plain" });
  assert.equal(prompt.filter((token) => token === TOKENIZER.id("<|answer|>")).length, 1);
});

Deno.test("readFence() wants exactly one block", () => {
  assert.deepEqual(readFence("Here:\n```js\na();\n```\nDone."), { ok: true, code: "a();\n" });
  assert.deepEqual(readFence("a();"), { ok: false, reason: Rejection.NO_CODE });
  assert.deepEqual(readFence("```js\na();"), { ok: false, reason: Rejection.NO_CODE });
  assert.deepEqual(readFence("```\na\n```\n```\nb\n```"), {
    ok: false,
    reason: Rejection.MANY_BLOCKS,
  });
});

Deno.test("chatFormat() speaks through the model's template", () => {
  const template = compileChatTemplate({
    ["chat_template"]:
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endfor %}{{ '<|im_start|>assistant\\n' }}",
  })!;
  const format = chatFormat({ tokenizer: TOKENIZER, template, endToken: "<|im_end|>" });
  const fix = format.text(format.fixPrompt(TASK, BUG));
  for (const part of [TASK.problem, BUG.code, "f(1): expected 2, received 0", "f(2): expected 3"]) {
    assert.ok(fix.includes(part), part);
  }
  assert.ok(fix.startsWith("<|im_start|>user\n") && fix.endsWith("<|im_start|>assistant\n"));
  const styles = [
    { kind: "plain" },
    { kind: "remove" },
    { kind: "rewrite" },
    { kind: "hints", hints: ["a wrong loop bound"] },
  ] as const;
  const prompts = styles.map((style) => format.text(format.breakPrompt(TASK, style)));
  assert.equal(new Set(prompts).size, 4);
  assert.ok(prompts.every((prompt) => prompt.includes(TASK.solution)));
  assert.ok(prompts[3]!.includes("a wrong loop bound"));
  const tokens = format.replyWith(BUG.code);
  assert.deepEqual(format.readReply({ tokens, finished: true }), {
    ok: true,
    code: `${BUG.code}\n`,
  });
});
