import assert from "node:assert/strict";
import type { EpisodeGroup } from "../../src/rl/mod.ts";
import { dumpName, dumpText, readDump } from "../../src/session/mod.ts";
import { withFolder } from "../support/folder.ts";

const GROUPS: EpisodeGroup[] = [
  {
    role: "generator",
    id: "a",
    prompt: [1, 2],
    episodes: [
      {
        tokens: [3, 4],
        logprobs: Float32Array.of(-0.1, -1e-9),
        reward: 0.1 + 0.2,
        similarity: 0.3,
      },
      { tokens: [5], logprobs: Float32Array.of(-Math.PI), reward: -1 },
    ],
  },
  { role: "fixer", id: "a#0", prompt: [1], episodes: [{ tokens: [9], reward: 1, outcome: 1 }] },
];

Deno.test("a dumped round reads back bit by bit", async () => {
  const round = { at: 2.7182818284590455, episodes: GROUPS };
  await withFolder({ [dumpName(7)]: dumpText(round) }, async (folder) => {
    assert.deepEqual(await readDump(folder, 7), round);
    assert.equal(await readDump(folder, 8), undefined);
  });
  await withFolder({ [dumpName(0)]: "{}\n" }, async (folder) => {
    await assert.rejects(readDump(folder, 0), /expected a dumped round/);
  });
});
