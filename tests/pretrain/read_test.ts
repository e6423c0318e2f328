import assert from "node:assert/strict";
import { readExamples } from "../../src/pretrain/mod.ts";
import { microPrompts } from "../../src/prompts/mod.ts";
import { microTokenizer } from "../support/scripted_policy.ts";

const SOLUTION =
  "function f(n) {\n  let s = 0;\n  for (let i = 0; i < n; i++) s += i;\n  return s;\n}";
const BUG = SOLUTION.replace("i < n", "i <= n");
const TOKENIZER = microTokenizer([SOLUTION, "Return the sum of 0 to n - 1."]);
const LINES = [
  { role: "solve", taskId: "a", problem: "Sum.", answer: SOLUTION },
  { role: "fix", level: 2, problem: "Sum.", code: BUG, observation: "f(1): 1", answer: SOLUTION },
  { role: "break", level: 3, problem: "Sum.", code: SOLUTION, answer: BUG },
];

async function read(lines: readonly object[], maxTokens: number) {
  const path = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    await Deno.writeTextFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return await readExamples(path, microPrompts(TOKENIZER), maxTokens);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readExamples() writes each role's prompt and answer, and a bug with and without a hint", async () => {
  const examples = await read(LINES, 1000);
  const texts = examples.map(({ prompt, answer }) =>
    [prompt, answer].map((tokens) => TOKENIZER.decode(tokens, { specials: true }))
  );
  assert.deepEqual(texts, [
    ["<|solve|>Sum.\n<|answer|>", `${SOLUTION}<|endoftext|>`],
    [`<|fix|>Sum.\n<|code|>${BUG}<|test|>f(1): 1<|answer|>`, `${SOLUTION}<|endoftext|>`],
    [`<|break|>Sum.\n<|code|>${SOLUTION}<|answer|>`, `${BUG}<|endoftext|>`],
    [`<|break|>sign: Sum.\n<|code|>${SOLUTION}<|answer|>`, `${BUG}<|endoftext|>`],
  ]);
  assert.deepEqual(examples.map(({ role, level }) => [role, level]), [
    ["solve", 1],
    ["fix", 2],
    ["break", 3],
    ["break", 3],
  ]);
});

Deno.test("readExamples() leaves out what is longer than allowed, and refuses to be left with nothing", async () => {
  const all = await read(LINES, 1000);
  const size = ({ prompt, answer }: (typeof all)[number]) => prompt.length + answer.length;
  assert.deepEqual(await read(LINES, size(all[0]!)), [all[0]]);
  await assert.rejects(
    read(LINES, size(all[0]!) - 1),
    /ConfigError: Cannot use .*: expected examples of at most \d+ tokens/,
  );
});

Deno.test("readExamples() names the line that does not fit", async () => {
  await assert.rejects(read([LINES[0]!, { role: "guess" }], 1000), /ConfigError: .*:2/);
});
