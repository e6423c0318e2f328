import assert from "node:assert/strict";
import { main } from "../../workflows/train.ts";
import { gpuTest } from "../support/device.ts";
import { withFolder } from "../support/folder.ts";

gpuTest("train --replay takes the dumped run's steps once more, bit by bit", async () => {
  await withFolder({}, async (root) => {
    const [played, replayed] = [`${root}/played`, `${root}/replayed`];
    const common = ["--run.root", root, "--json"];
    await main([
      ...["--config", "fixtures/config/smoke.json", "--steps", "2", "--validate-every", "0"],
      ...["--evaluate-items", "4", "--dump-rollouts", "--run.name", "played", ...common],
    ]);
    await main(["--replay", played, "--run.name", "replayed", ...common]);
    for (const name of ["model.safetensors", "trainer.safetensors"]) {
      const [a, b] = await Promise.all(
        [played, replayed].map((run) => Deno.readFile(`${run}/checkpoints/step-1/${name}`)),
      );
      assert.deepEqual(a, b, name);
    }
    const base = await Deno.readFile("fixtures/micro/model/model.safetensors");
    const trained = await Deno.readFile(`${replayed}/checkpoints/step-1/model.safetensors`);
    assert.notDeepEqual(trained, base);
    // The rollouts of another policy are not taken for this one's.
    await assert.rejects(
      main(["--replay", played, "--run.name", "other", "--selfplay.temperature", "0.5", ...common]),
      /sampler and trainer disagree/,
    );
  });
});

Deno.test("train --replay says what it needs", async () => {
  await withFolder({}, async (root) => {
    await assert.rejects(main(["--replay", root]), /expected a run, found no config\.json/);
  });
});
