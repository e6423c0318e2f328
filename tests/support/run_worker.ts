/**
 * A deterministic job on a run directory, slow enough to be killed at any moment: `run_worker.ts ROOT STEPS`.
 *
 * @module
 */
import { RunConfig } from "../../src/config/mod.ts";
import { openRun } from "../../src/run/mod.ts";

const [root = "", steps = "0"] = Deno.args;
const settings = RunConfig.parse({ root, name: "a", rolloutFileMb: 200 / 2 ** 20 });
const pause = () => new Promise((done) => setTimeout(done, 4));

await using run = await openRun(settings, {
  command: "train",
  config: { seed: 3 },
  seed: 3,
  adapter: "none",
});
let weight = run.checkpointPath
  ? Number(await Deno.readTextFile(`${run.checkpointPath}/model`))
  : 0;
if (run.nextStep === 0) await run.evaluation({ at: "before", mean: run.rng("before").next() });
for (let step = run.nextStep; step < Number(steps); step++) {
  const rng = run.rng(step);
  for (let item = 0; item < 3; item++) {
    await run.rollout({ step, item, reward: rng.next() });
    await pause();
  }
  weight += rng.next();
  run.state.seen = [...run.state.seen as number[] ?? [], weight];
  await run.record(step, { weight });
  await pause();
  if (step % 2 === 1) {
    await run.checkpoint(step, async (dir) => {
      await Deno.writeTextFile(`${dir}/model`, "");
      await pause();
      await Deno.writeTextFile(`${dir}/model`, String(weight));
    }, { best: rng.next() < 0.3 });
  }
}
await run.evaluation({ at: "after", mean: weight });
await run.report({ json: { weight }, markdown: `weight ${weight}\n` });
