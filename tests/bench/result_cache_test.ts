import assert from "node:assert/strict";
import {
  type BenchItem,
  evaluateCached,
  type Fixer,
  openResultCache,
  readResults,
  resultKey,
} from "../../src/bench/mod.ts";
import { SandboxConfig } from "../../src/config/mod.ts";
import { microFormat } from "../../src/prompts/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { canonicalForm, judge, toJsonl } from "../../src/tasks/mod.ts";
import { microTokenizer } from "../support/scripted_policy.ts";
import { smallItems, smallTasks } from "../support/small_bugs.ts";

const FORMAT = microFormat(microTokenizer(smallTasks().map(({ solution }) => solution)));
const SETTINGS = { samples: 1, temperature: 0, maxTokens: 100, wallMs: 1000, seed: 1 };

const ITEMS: readonly BenchItem[] = smallItems();

/** Writes the sum of the numbers, whatever it is asked, and counts the questions. */
function summer(): { fixer: Fixer; asked: () => number } {
  let asked = 0;
  const tokens = FORMAT.replyWith(canonicalForm(smallTasks()[0]!.solution));
  const fixer: Fixer = {
    format: FORMAT,
    sample: (requests) => {
      asked += requests.length;
      return Promise.resolve(requests.map(() => [{ tokens, finished: true }]));
    },
  };
  return { fixer, asked: () => asked };
}

async function measure(path: string, items: readonly BenchItem[], model = "m") {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }), () => {});
  const { fixer, asked } = summer();
  const cache = { model, file: await openResultCache(path) };
  const run = judge.bind(undefined, sandbox);
  const done: number[] = [];
  const settings = { ...SETTINGS, cache, onProgress: (n: number) => done.push(n) };
  return { ...await evaluateCached(fixer, items, run, settings), asked: asked(), done };
}

async function withFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("evaluateCached() asks only for what no earlier evaluation answered", async () => {
  await withFolder(async (dir) => {
    const path = `${dir}/deep/m.jsonl`;
    const some = await measure(path, ITEMS.slice(0, 2));
    assert.deepEqual([some.known, some.asked], [0, 2]);
    const all = await measure(path, ITEMS.toReversed());
    assert.deepEqual([all.known, all.asked], [2, 4]);
    assert.deepEqual(all.done, [2]);
    assert.deepEqual(all.results.map(({ id }) => id), ITEMS.map(({ id }) => id).toReversed());
    assert.deepEqual(all.results.map(({ passed }) => passed), [0, 0, 0, 0, 1, 1]);
    assert.deepEqual(all.results.toReversed().slice(0, 2), some.results);
    const other = await measure(path, ITEMS, "another model");
    assert.deepEqual([other.known, other.asked], [0, 6]);
  });
});

Deno.test("resultKey() changes with model, bug, tests, prompt and settings", () => {
  const [item] = ITEMS;
  const key = resultKey("m", FORMAT, item!, SETTINGS);
  assert.equal(resultKey("m", FORMAT, structuredClone(item!), { ...SETTINGS }), key);
  const { task } = item!;
  const others = [
    resultKey("n", FORMAT, item!, SETTINGS),
    resultKey("m", FORMAT, { ...item!, code: "0;" }, SETTINGS),
    resultKey("m", FORMAT, { ...item!, task: { ...task, problem: "Other." } }, SETTINGS),
    resultKey("m", FORMAT, { ...item!, task: { ...task, hiddenTests: task.tests } }, SETTINGS),
    resultKey("m", FORMAT, item!, { ...SETTINGS, seed: 2 }),
  ];
  assert.equal(new Set([key, ...others]).size, 6);
});

Deno.test("readResults() reads what was saved and refuses anything else", async () => {
  await withFolder(async (dir) => {
    const { results } = await measure(`${dir}/m.jsonl`, ITEMS);
    await Deno.writeTextFile(`${dir}/out.jsonl`, toJsonl(results));
    assert.deepEqual(await readResults(`${dir}/out.jsonl`), results);
    await Deno.writeTextFile(`${dir}/bad.jsonl`, `${toJsonl(results)}{"id":1}\n`);
    await assert.rejects(readResults(`${dir}/bad.jsonl`), /ConfigError: .*bad\.jsonl:7/);
    await Deno.writeTextFile(`${dir}/empty.jsonl`, "");
    await assert.rejects(readResults(`${dir}/empty.jsonl`), /ConfigError: .*expected results/);
  });
});
