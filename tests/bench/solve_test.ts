import assert from "node:assert/strict";
import { evaluateSolving } from "../../src/bench/mod.ts";
import { SandboxConfig } from "../../src/config/mod.ts";
import { microFormat } from "../../src/prompts/mod.ts";
import { Sandbox } from "../../src/sandbox/mod.ts";
import { judge } from "../../src/tasks/mod.ts";
import { microTokenizer } from "../support/scripted_policy.ts";
import { smallTasks } from "../support/small_bugs.ts";

Deno.test("evaluateSolving() asks from the problem alone and judges by the tests", async () => {
  const tasks = smallTasks();
  const format = microFormat(microTokenizer(tasks.map(({ solution }) => solution)));
  const prompts: string[] = [];
  // Each task gets the solution of the first one, and no program at all.
  const replies = [format.replyWith(tasks[0]!.solution), format.replyWith("not a program (")]
    .map((tokens) => ({ tokens, finished: true }));
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }), () => {});
  const results = await evaluateSolving(
    {
      format,
      sample: (requests) => {
        prompts.push(...requests.map(({ prompt }) => format.text(prompt)));
        return Promise.resolve(requests.map(() => replies));
      },
    },
    tasks,
    judge.bind(undefined, sandbox),
    { samples: 2, temperature: 1, maxTokens: 100, wallMs: 1000, seed: 1 },
  );
  assert.equal(prompts[0], "<|solve|>Combine the numbers.\n<|answer|>");
  assert.deepEqual(results[0], {
    id: "t0",
    taskId: "t0",
    source: "solve",
    attempts: 2,
    passed: 1,
    visible: 1,
    verbatim: 1,
  });
  assert.deepEqual(results.map(({ passed }) => passed), [1, 0, 0]);
});
