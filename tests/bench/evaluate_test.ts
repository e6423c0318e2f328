import assert from "node:assert/strict";
import {
  type BenchItem,
  evaluate,
  type EvaluateSettings,
  type Fixer,
  outcomesOf,
  summarizeEvaluation,
} from "../../src/bench/mod.ts";
import { SandboxConfig } from "../../src/config/sandbox.ts";
import { microFormat } from "../../src/prompts/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { judge, type Task } from "../../src/tasks/mod.ts";
import { microTokenizer } from "../support/scripted_policy.ts";

const FORMAT = microFormat(microTokenizer(["function f(n) {\n  return n + 1;\n}"]));
const SETTINGS: EvaluateSettings = {
  samples: 2,
  temperature: 0.5,
  maxTokens: 60,
  wallMs: 500,
  seed: 3,
};

/** f(n) = n + k; the visible test looks at 1, the hidden one at 2. */
function task(k: number): Task {
  return {
    id: `plus-${k}`,
    origin: "test",
    license: "Apache-2.0",
    language: "js",
    entry: "f",
    problem: `Return n plus ${k}.`,
    solution: program(`n + ${k}`),
    tests: { kind: "cases", cases: [{ args: [1], expected: 1 + k }] },
    hiddenTests: { kind: "cases", cases: [{ args: [2], expected: 2 + k }] },
  };
}

const program = (result: string): string => `function f(n) {\n  return ${result};\n}`;

/** Two tasks, each broken by two sources. */
const ITEMS: BenchItem[] = [1, 2].flatMap((k) =>
  ["human", "lm:weak"].map((source, i) => ({
    id: `${source}-${k}`,
    source,
    task: task(k),
    code: program(i === 0 ? `n - ${k}` : `n * ${k + 5}`),
  }))
);

/** Repairs by the item's id: right, right on the visible test alone, or wrong. */
const REPAIRS: Readonly<Record<string, readonly string[]>> = {
  "human-1": [program("n + 1"), `${program("1 + n")}\n`],
  "lm:weak-1": ["function f(n) {\n  const s = n;\n  return s + 1;\n}", program("2")],
  "human-2": [program("3"), "not a program ("],
  "lm:weak-2": [program("n + 9"), program("n * 7")],
};

interface Asked {
  prompts: string[];
  seeds: number[];
  options: unknown;
}

/** A fixer that answers from the table and notes what it was asked. */
function scripted(items: readonly BenchItem[]): { fixer: Fixer; asked: Asked } {
  const asked: Asked = { prompts: [], seeds: [], options: undefined };
  const fixer: Fixer = {
    format: FORMAT,
    sample: (requests, options) => {
      asked.options = options;
      asked.prompts = requests.map(({ prompt }) => FORMAT.text(prompt));
      asked.seeds = requests.map(({ seed }) => seed);
      return Promise.resolve(requests.map(({ count }, i) =>
        REPAIRS[items[i]!.id]!.slice(0, count)
          .map((code) => ({ tokens: FORMAT.replyWith(code), finished: true }))
      ));
    },
  };
  return { fixer, asked };
}

async function evaluateItems(items: readonly BenchItem[], settings = SETTINGS) {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({}), () => {});
  const { fixer, asked } = scripted(items);
  const run = judge.bind(undefined, sandbox);
  return { results: await evaluate(fixer, items, run, settings), asked };
}

Deno.test("evaluate() asks for repairs with the failing test and judges them by all tests", async () => {
  const { results, asked } = await evaluateItems(ITEMS);
  assert.deepEqual(asked.options, { maxTokens: 60, temperature: 0.5, topP: 1, topK: 0 });
  assert.equal(
    asked.prompts[0],
    `<|fix|>Return n plus 1.\n<|code|>${program("n - 1")}<|test|>` +
      "f(1): expected 2, received 0<|answer|>",
  );
  const common = { taskId: "plus-1", attempts: 2 };
  assert.deepEqual(results[0], {
    ...common,
    id: "human-1",
    source: "human",
    passed: 2,
    visible: 2,
    changedLines: 1,
  });
  assert.deepEqual(results[1], {
    ...common,
    id: "lm:weak-1",
    source: "lm:weak",
    passed: 1,
    visible: 2,
    changedLines: 2,
  });
  assert.deepEqual(results.slice(2), [
    { id: "human-2", taskId: "plus-2", source: "human", attempts: 2, passed: 0, visible: 1 },
    { id: "lm:weak-2", taskId: "plus-2", source: "lm:weak", attempts: 2, passed: 0, visible: 0 },
  ]);
});

Deno.test("evaluate() seeds an item by its id, whatever else is evaluated", async () => {
  const { asked } = await evaluateItems(ITEMS);
  const { asked: turned, results } = await evaluateItems(ITEMS.toReversed());
  assert.deepEqual(turned.seeds, asked.seeds.toReversed());
  assert.equal(new Set(asked.seeds).size, 4);
  assert.deepEqual(results.map(({ id }) => id), ITEMS.map(({ id }) => id).toReversed());
  const { asked: other } = await evaluateItems(ITEMS, { ...SETTINGS, seed: 4 });
  assert.notDeepEqual(other.seeds, asked.seeds);
});

Deno.test("summarizeEvaluation() takes means over sources and pass@k", async () => {
  const { results } = await evaluateItems(ITEMS);
  const summary = summarizeEvaluation(results, 1);
  assert.equal(summary.items, 4);
  assert.deepEqual(
    Object.entries(summary.sources).map(([source, { n, fixRate }]) => [source, n, fixRate]),
    [["human", 2, 0.5], ["lm:weak", 2, 0.25]],
  );
  assert.equal(summary.mean.fixRate, 0.375);
  assert.ok(summary.mean.low < 0.375 && summary.mean.high > 0.375);
  assert.equal(summary.visibleRate, (0.75 + 0.5) / 2);
  assert.deepEqual(summary.passAtK, { 1: 0.375, 2: 0.5 });
  assert.deepEqual(summarizeEvaluation(results, 1), summary);
  const visible = outcomesOf(results, (item) => item.visible);
  assert.deepEqual(visible.map(({ passed }) => passed), [2, 2, 1, 0]);
});
